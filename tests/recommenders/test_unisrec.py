"""UniSRec: formulas by hand, masks that hide the future, batches without leaks, and a world that it must learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional

from engine.errors import ModelError, PlanError
from engine.models.scripted import ScriptedModel
from engine.recommenders.most_popular import MostPopular
from engine.recommenders.unisrec import UniSRec
from engine.records import Interaction, Request, User
from engine.training.unisrec_data import WindowBatch, item_drop, sequences, window_batches, without_last
from engine.training.unisrec_fitting import FittingOptions, fine_tune, in_batch_infonce, seeded, validate
from engine.training.unisrec_network import LinearAdaptor, MoeAdaptor, SequenceEncoder, UniSRecNetwork

SMALL = {"width": 16, "epochs": 2, "pretrain_epochs": 1, "max_length": 8}


def hashed_words(text: str) -> list[float]:
    """Embed a text as the sum of fixed random vectors of its words: texts that share words are close."""
    vector = np.zeros(48)
    for word in text.casefold().split():
        vector += np.random.default_rng(sum(map(ord, word)) * 7919 + len(word)).standard_normal(48)
    return list(vector / max(np.linalg.norm(vector), 1e-9))


@pytest.fixture
def model():
    return ScriptedModel(vectors=hashed_words)


def encoder(width: int = 8, **more) -> SequenceEncoder:
    return SequenceEncoder(width, **({"layers": 2, "heads": 2, "max_length": 6, "dropout": 0.0} | more))


def test_experts_follow_the_formula():
    with seeded(1):
        adaptor = MoeAdaptor(5, 3, n_experts=4, dropout=0.3).eval()
        torch.nn.init.normal_(adaptor.gate)
        torch.nn.init.normal_(adaptor.bias)
    x = torch.randn(7, 5, generator=torch.Generator().manual_seed(2))
    gates = functional.softmax(x @ adaptor.gate, dim=-1)
    wanted = sum(gates[:, e : e + 1] * ((x - adaptor.bias[e]) @ adaptor.weight[e]) for e in range(4))
    torch.testing.assert_close(adaptor(x), wanted)


def test_gate_noise_is_drawn_in_training_only():
    with seeded(1):
        adaptor = MoeAdaptor(5, 3, n_experts=4, dropout=0.0)
    x = torch.ones(2, 5)
    assert torch.equal(adaptor.eval()(x), adaptor(x))
    adaptor.train()
    assert not torch.equal(adaptor(x), adaptor(x))


def test_no_position_sees_the_future():
    with seeded(1):
        network = encoder().eval()
        items = torch.randn(1, 6, 8)
    before = network(items)
    changed = items.clone()
    changed[0, 4:] += 10
    after = network(changed)
    torch.testing.assert_close(before[0, :4], after[0, :4])
    assert not torch.allclose(before[0, 4:], after[0, 4:])


def test_padding_on_the_right_changes_nothing():
    with seeded(1):
        network = encoder().eval()
        items = torch.randn(1, 6, 8)
    torch.testing.assert_close(network(items)[:, :3], network(items[:, :3]))


def test_order_matters_to_the_encoder():
    with seeded(1):
        network = encoder().eval()
        torch.nn.init.normal_(network.positions)  # far from the tiny first values
        for block in network.blocks:
            torch.nn.init.normal_(block.attend.weight)
            torch.nn.init.normal_(block.project.weight)
        items = torch.randn(1, 3, 8)
    assert not torch.allclose(network(items)[0, -1], network(items[:, [1, 0, 2]])[0, -1], atol=1e-2)


def test_infonce_by_hand_and_what_is_no_negative():
    anchors = functional.normalize(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [1.0, 1.0]]), dim=1)
    positives = functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 1.0]]), dim=1)
    targets, owners = torch.tensor([4, 4, 9, 7]), torch.tensor([0, 1, 2, 2])
    powers = (anchors @ positives.T / 0.5).exp()
    negatives = {0: (2, 3), 1: (2, 3), 2: (0, 1), 3: (0, 1)}  # 0 and 1: same next item; 2 and 3: same sequence
    wanted = torch.stack(
        [-(powers[i, i] / (powers[i, i] + sum(powers[i, j] for j in others))).log() for i, others in negatives.items()]
    ).mean()
    torch.testing.assert_close(in_batch_infonce(anchors, positives, targets, owners, 0.5), wanted)


def test_infonce_of_one_next_item_for_all_is_zero():
    vectors = functional.normalize(torch.randn(3, 4, generator=torch.Generator().manual_seed(0)), dim=1)
    same = torch.tensor([1, 1, 1])
    assert in_batch_infonce(vectors, vectors.flip(0), same, torch.arange(3), 0.07) == 0


def test_sequences_are_in_time_order_and_by_user():
    frame = pd.DataFrame({"user_id": ["b", "a", "b", "a"], "item_id": ["x", "y", "z", "x"], "position": [1, 0, 0, 1]})
    assert [list(s) for s in sequences(frame, {"x": 0, "y": 1, "z": 2}, first_row=10)] == [[11, 10], [12, 10]]


def test_what_validation_asks_is_not_pretrained_on():
    target = pd.DataFrame({"user_id": list("aabb"), "item_id": list("xyzx"), "position": [1, 0, 0, 1]})
    source = target[target["item_id"] != "y"]
    left = without_last(source, target)
    assert left.to_dict("records") == [{"user_id": "b", "item_id": "z", "position": 0}]


def test_window_batches_cover_every_next_item_once():
    histories = [np.arange(100, 137), np.arange(3), np.arange(200, 206)]
    for seed in range(20):
        seen = []
        batches = window_batches(histories, max_length=5, batch_size=4, random=np.random.default_rng(seed))
        for batch in batches:
            assert batch.rows.shape == batch.targets.shape == batch.real.shape
            assert batch.rows.shape[1] <= 5
            assert (batch.targets[batch.real] == batch.rows[batch.real] + 1).all()
            seen += batch.targets[batch.real].tolist()
        assert sorted(seen) == [1, 2, *range(101, 137), *range(201, 206)]


def test_stretches_of_like_length_share_a_batch():
    histories = [np.arange(2 + number % 30) for number in range(800)]
    batches = list(window_batches(histories, max_length=50, batch_size=10, random=np.random.default_rng(0)))
    assert np.mean([batch.real.mean() for batch in batches]) > 0.8
    widths = [batch.rows.shape[1] for batch in batches]
    assert widths != sorted(widths)


def test_item_drop_keeps_the_first_the_order_and_no_padding():
    rows = np.tile(np.arange(1, 9), (50, 1))
    real = np.tile(np.arange(8) < 6, (50, 1))
    batch = WindowBatch(rows=rows, targets=rows + 1, real=real)
    short = item_drop(batch, share=0.5, random=np.random.default_rng(0))
    lengths = []
    for row, places in zip(short.rows, short.places, strict=True):
        for place in range(6):  # what is left of the sequence up to each place
            left = row[: places[place] + 1].tolist()
            assert left[0] == 1
            assert left == sorted(set(left))
            assert max(left) <= rows[0, place]
        lengths.append(places[5] + 1)
    assert 3 < np.mean(lengths) < 4


def test_validation_ranks_the_last_item_without_the_history():
    class Echo(torch.nn.Module):
        norm = torch.nn.LayerNorm(3)

        def forward(self, items):
            return items

    network = UniSRecNetwork(torch.nn.Identity(), Echo())  # type: ignore[arg-type]
    texts = torch.tensor([[1.0, 0, 0], [0.9, 0.1, 0], [0.8, 0.2, 0], [0, 0, 1.0]])
    # after item 0 the nearest new items are 1, then 2, then 3
    assert validate(network, texts, [np.array([0, 1])], max_length=5) == pytest.approx(1)
    assert validate(network, texts, [np.array([0, 2])], max_length=5) == pytest.approx(1 / np.log2(3))
    assert validate(network, texts, [np.array([1, 0, 3])], max_length=5) == pytest.approx(1 / np.log2(3))


def test_a_frozen_transformer_stays_as_it_was():
    with seeded(1):
        network = UniSRecNetwork(LinearAdaptor(4, 8, dropout=0.0), encoder())
        texts = torch.randn(20, 4)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.encoder.freeze()
    options = FittingOptions(epochs=2, learning_rate=0.01, batch_size=4, max_length=6, temperature=0.07, patience=2)
    with seeded(2):
        fine_tune(
            network,
            texts,
            [np.arange(8), np.arange(5, 15)],
            options=options,
            random=np.random.default_rng(0),
            report=lambda *_: None,
        )
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert "adaptor.map.weight" in changed
    assert not {name for name in changed if name.startswith(("encoder.blocks", "encoder.positions"))}


def test_the_last_training_item_is_fitted_on_by_nobody():
    """Only the last item of each sequence differs: the weights after one epoch do not."""
    kept = []
    for last in (7, 9):
        with seeded(1):
            network = UniSRecNetwork(LinearAdaptor(4, 8, dropout=0.1), encoder())
            texts = torch.randn(10, 4)
        options = FittingOptions(epochs=1, learning_rate=0.01, batch_size=4, max_length=6, temperature=0.07, patience=1)
        histories = [np.array([0, 1, 2, 3, last]), np.array([4, 5, 6, last])]
        with seeded(2):
            fine_tune(
                network, texts, histories, options=options, random=np.random.default_rng(0), report=lambda *_: None
            )
        kept.append(network.state_dict())
    for name, tensor in kept[0].items():
        assert torch.equal(tensor, kept[1][name]), name


@pytest.mark.parametrize("setting", ["inductive", "transductive"])
@pytest.mark.parametrize("pretrain", [True, False])
def test_it_learns_a_world_in_which_the_next_item_follows(
    make_dataset, make_training, make_requests, setting, pretrain
):
    """Users of this world mostly go on to the next item: popularity cannot know that, a sequence model must."""
    dataset = make_dataset(n_users=120)
    model = ScriptedModel(vectors=hashed_words)
    sources = tuple(make_training(make_dataset(n_users=60, seed=seed, name=str(seed))) for seed in (1, 2))
    training = make_training(dataset, seed=1, sources=sources)
    recommender = UniSRec(
        UniSRec.Config(
            setting=setting,
            pretrain=pretrain,
            width=32,
            epochs=30,
            pretrain_epochs=5,
            pretrain_batch_size=32,
            learning_rate=5e-3,
            batch_size=16,
            patience=8,
        ),
        model,
    )
    recommender.fit(training)
    popular = MostPopular(MostPopular.Config())
    popular.fit(training)
    requests = make_requests(dataset, k=5)
    last = dataset.interactions.groupby("user_id")["item_id"].last()
    hits = [
        np.mean(
            [
                last[request.user.user_id] in [r.match.item_id for r in response.recommendations]
                for request, response in zip(requests, answerer.recommend(requests), strict=True)
            ]
        )
        for answerer in (recommender, popular)
    ]
    assert hits[0] > hits[1] + 0.2


def test_scores_are_cosine_by_temperature_and_the_step_says_how(tiny_training, tiny_requests, model):
    recommender = UniSRec(UniSRec.Config(**SMALL, temperature=0.5), model)
    recommender.fit(tiny_training)
    response = recommender.recommend([replace(tiny_requests[0], k=60)])[0]
    scores = [entry.score for entry in response.recommendations]
    assert scores == sorted(scores, reverse=True)
    assert all(-2.0001 <= score <= 2.0001 for score in scores)
    assert {entry.rationale for entry in response.recommendations} == {""}
    n_history = len(tiny_requests[0].history)
    assert response.steps[0].text == (
        f"Encoded the last {min(8, n_history)} of {n_history} history entries, inductive setting."
    )


def test_only_the_most_recent_entries_count(tiny_training, model):
    recommender = UniSRec(UniSRec.Config(**SMALL), model)
    recommender.fit(tiny_training)

    def ask(items: list[str]) -> list[float | None]:
        history = tuple(Interaction(item_id=item, timestamp=at) for at, item in enumerate(items))
        request = Request(request_id="r", user=User(user_id="x"), history=history, cutoff=99, k=60)
        return [r.score for r in recommender.recommend([request])[0].recommendations if r.match.item_id > "i20"]

    recent = [f"i{number:02d}" for number in range(8)]
    assert ask(["i18", "i19", *recent]) == ask(["i20", "i10", *recent])


def test_two_sources_are_needed_to_pretrain(tiny_training, model):
    with pytest.raises(PlanError, match="set pretrain=false"):
        UniSRec(UniSRec.Config(**SMALL), model).fit(replace(tiny_training, sources=tiny_training.sources[:1]))
    UniSRec(UniSRec.Config(**SMALL, pretrain=False), model).fit(replace(tiny_training, sources=()))


def test_a_model_that_cannot_embed_is_refused(tiny_training):
    with pytest.raises(ModelError, match="can embed, got scripted"):
        UniSRec(UniSRec.Config(**SMALL), ScriptedModel()).fit(tiny_training)


def test_nobody_with_a_sequence_is_said(tiny_training, model):
    first = tiny_training.interactions.drop_duplicates("user_id")
    with pytest.raises(PlanError, match="two training interactions"):
        UniSRec(UniSRec.Config(**SMALL, pretrain=False), model).fit(replace(tiny_training, interactions=first))


def test_a_state_of_another_configuration_is_refused(tiny_training, model):
    recommender = UniSRec(UniSRec.Config(**SMALL, pretrain=False), model)
    recommender.fit(tiny_training)
    other = UniSRec(UniSRec.Config(**(SMALL | {"width": 32}), pretrain=False), model)
    with pytest.raises(PlanError, match="does not fit"):
        other.restore(tiny_training, recommender.state())


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="multiple of heads"):
        UniSRec.Config(width=10, heads=3)


def test_fitting_leaves_the_process_generator_alone(tiny_training, model):
    torch.manual_seed(5)
    wanted = torch.randn(3)
    torch.manual_seed(5)
    UniSRec(UniSRec.Config(**SMALL, pretrain=False), model).fit(tiny_training)
    assert torch.equal(torch.randn(3), wanted)


def test_the_seed_decides(tiny_training, tiny_requests, model):
    answers = []
    for seed in (1, 1, 2):
        recommender = UniSRec(UniSRec.Config(**SMALL), model)
        recommender.fit(replace(tiny_training, seed=seed))
        answers.append([r.score for r in recommender.recommend(tiny_requests[:1])[0].recommendations])
    assert answers[0] == answers[1] != answers[2]


def test_a_domain_of_the_target_is_not_embedded_twice(make_dataset, make_training):
    """Only its copy with words left out is: the texts as they are were embedded with the target."""
    target = make_dataset()
    parts = [
        replace(
            target,
            items=target.items[target.items["domain"] == domain].reset_index(drop=True),
            interactions=target.interactions[
                target.interactions["item_id"].isin(target.items.loc[target.items["domain"] == domain, "item_id"])
            ],
        )
        for domain in ("film", "book")
    ]
    sources = tuple(replace(make_training(target), dataset=part, interactions=part.interactions) for part in parts)
    model = ScriptedModel(vectors=hashed_words)
    UniSRec(UniSRec.Config(**SMALL), model).fit(replace(make_training(target), sources=sources))
    assert len(model.embedded) == 2 * len(target.items)
