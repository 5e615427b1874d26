"""The random draws: right shares, right totals, and no outcome that hangs on a last bit."""

import numpy as np
import pytest

from sample_data.generator.draws import apportion, jitter, noise, pick, pick_some, stream


def test_pick_follows_the_weights():
    rng = stream(1, 2)
    weights = np.array([0.0, 1.0, 3.0, 0.0])
    drawn = np.bincount([pick(rng, weights) for _ in range(20_000)], minlength=4) / 20_000
    assert drawn[[0, 3]].tolist() == [0, 0]
    assert drawn[2] == pytest.approx(0.75, abs=0.015)


def test_pick_does_not_hang_on_the_last_bit():
    """Weights that differ by a billionth must give the same outcomes: that is what another CPU would do to them."""
    weights = stream(3).random(50) ** 60  # few large ones, as choices have
    nudged = weights * (1.0 + 1e-9 * (stream(4).random(50) - 0.5))
    one, other = stream(5), stream(5)
    assert [pick(one, weights) for _ in range(3000)] == [pick(other, nudged) for _ in range(3000)]


def test_pick_refuses_weights_without_a_positive_one():
    with pytest.raises(ValueError, match="positive"):
        pick(stream(1), np.zeros(3))


def test_pick_some_gives_different_ones_and_no_more_than_there_are():
    assert sorted(pick_some(stream(1), np.array([1.0, 0.0, 2.0, 5.0]), 10)) == [0, 2, 3]


def test_streams_are_independent_of_each_other():
    first = stream(9, 1, 0).random(3)
    stream(9, 1, 1).random(100)
    assert stream(9, 1, 0).random(3).tolist() == first.tolist()
    assert stream(9, 1, 1).random(3).tolist() != first.tolist()


def test_jitter_and_noise_have_their_stated_moments():
    assert np.median(jitter(stream(1), 20_000, 1.0)) == pytest.approx(1.0, abs=0.03)
    values = noise(stream(2), 20_000)
    assert values.mean() == pytest.approx(0.0, abs=0.03)
    assert values.var() == pytest.approx(1.0, abs=0.04)


def test_apportion_by_hand():
    # 10 to share, 1 each first: 7 left in shares 3.5, 2.333.., 1.166..: floors 3, 2, 1, the last one to the .5
    assert apportion(np.array([3.0, 2.0, 1.0]), 10, 1).tolist() == [5, 3, 2]


def test_apportion_refuses_too_small_a_total():
    with pytest.raises(ValueError, match="at least 5"):
        apportion(np.ones(3), 14, 5)
