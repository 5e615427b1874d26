"""What a score rests on: Shapley values of history items and of prompt segments, exact or sampled."""
