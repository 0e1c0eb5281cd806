"""DistributedSampler and the base classes of DataPipes, as PyTorch has them."""

import itertools

import pytest

import engine

from .side_by_side import refusal

SIZES = [(n, k, drop) for n, k, drop in itertools.product((0, 1, 2, 5, 7, 12), (1, 2, 3, 5), (False, True))
         if n or drop]


@pytest.mark.parametrize(("size", "replicas", "drop_last"), SIZES)
def test_each_replica_has_torchs_share(torch, size, replicas, drop_last):
    def shares(lib):
        samplers = [
            lib.utils.data.distributed.DistributedSampler(
                range(size), replicas, rank, shuffle=False, drop_last=drop_last)
            for rank in range(replicas)
        ]
        return [(len(s), s.total_size, s.num_samples, list(s)) for s in samplers]

    assert shares(engine) == shares(torch)


def test_replicas_share_one_order_that_changes_by_epoch_and_seed():
    def order(epoch, **options):
        samplers = [engine.utils.data.DistributedSampler(range(12), 3, rank, **options) for rank in range(3)]
        for sampler in samplers:
            sampler.set_epoch(epoch)
        return [list(s) for s in samplers]

    first = order(0)
    assert sorted(itertools.chain(*first)) == list(range(12))
    assert first == order(0) != order(1)
    assert order(1) == order(0, seed=1)


REFUSED = {
    "rank too high": lambda s: s.lib.utils.data.DistributedSampler([1], 2, 2),
    "negative rank": lambda s: s.lib.utils.data.DistributedSampler([1], 2, -1),
    "a name taken": lambda s: [s.lib.utils.data.functional_datapipe("taken")(pipes(s.lib)[1]) for _ in "ab"],
    "an older pass": lambda s: older_pass(s.lib),
    "chance where none is wanted": lambda s: chance(s.lib),
    "marking a list": lambda s: s.lib.utils.data.non_deterministic(list),
}


def pipes(lib):
    data = lib.utils.data

    class Count(data.IterDataPipe):
        resets = 0

        def __init__(self, end):
            self.end = end

        def __iter__(self):
            yield from range(self.end)

        def reset(self):
            self.resets += 1

    class Double(data.IterDataPipe):
        def __init__(self, source, by=2):
            self.source, self.by = source, by

        def __iter__(self):
            return (x * self.by for x in self.source)

    return Count, Double


def older_pass(lib):
    pipe = pipes(lib)[0](3)
    first = iter(pipe)
    next(first)
    next(iter(pipe))
    next(first)


def chance(lib):
    marked = lib.utils.data.non_deterministic(pipes(lib)[0])
    assert list(marked(2)) == [0, 1]
    with lib.utils.data.guaranteed_datapipes_determinism():
        marked(2)


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    kind, words = refusal(REFUSED[name], torch)
    mine, said = refusal(REFUSED[name], engine)
    assert mine is kind
    assert said.split("\n")[0][:70] == words.split("\n")[0][:70]


@pytest.mark.parametrize("missing", ["num_replicas", "rank"])
def test_without_a_process_group_the_shares_must_be_given(missing):
    given = {"num_replicas": 2, "rank": 0} | {missing: None}
    with pytest.raises(ValueError, match="Default process group has not been initialized") as refused:
        engine.utils.data.DistributedSampler([1], **given)
    assert "give num_replicas and rank" in str(refused.value)


def test_pipes_are_chained_by_registered_names_and_loaded(torch):
    def samples(lib):
        count, double = pipes(lib)
        if "doubled" not in lib.utils.data.IterDataPipe.functions:
            lib.utils.data.functional_datapipe("doubled")(double)
        chained = count(4).doubled(by=3)
        return list(chained), str(chained), repr(chained)

    assert samples(engine) == samples(torch)
    loaded = engine.utils.data.DataLoader(pipes(engine)[0](4), 3)
    assert [batch.tolist() for batch in loaded] == [[0, 1, 2], [3]]


def test_each_pass_resets_a_pipe():
    pipe = pipes(engine)[0](2)
    assert [list(pipe), list(pipe), pipe.resets] == [[0, 1], [0, 1], 2]


def test_a_step_that_nobody_registered_is_no_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'batch': no step of that name"):
        pipes(engine)[0](2).batch(2)


def test_a_map_pipe_is_a_dataset_with_steps_of_its_own():
    class Squares(engine.utils.data.MapDataPipe):
        def __getitem__(self, i):
            return i * i

        def __len__(self):
            return 3

    engine.utils.data.MapDataPipe.register_function("total", lambda pipe: sum(pipe[i] for i in range(3)))
    assert Squares().total() == 5
    assert [b.tolist() for b in engine.utils.data.DataLoader(Squares(), 3)] == [[0, 1, 4]]
    assert engine.utils.data.DataChunk([1, 2]).as_str(">") == ">[1, 2]"
