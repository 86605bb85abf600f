"""The code of the mark: half of it may be lost, and noise is never taken for a number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.watermark.textured import KEY, OTHER_KEY

from safelight.engines.watermark.words import SIGNS, SLOTS, WORDS, received, sent

PAYLOADS = st.integers(0, 2**48 - 1)


def noise(seed: int, loud: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, loud, SLOTS).astype(np.float32)


def test_any_two_words_differ_in_half_of_their_signs():
    assert np.array_equal(WORDS @ WORDS.T, SIGNS * np.eye(SIGNS))


@given(PAYLOADS)
def test_what_is_sent_is_received(payload):
    assert received(sent(payload, KEY), KEY) == payload


@given(PAYLOADS, st.integers(0, 10**6))
def test_it_is_received_through_noise_louder_than_itself(payload, seed):
    assert received(sent(payload, KEY) + noise(seed, 1.5), KEY) == payload


@given(PAYLOADS, st.integers(0, 10**6))
def test_it_is_received_when_a_third_is_missing(payload, seed):
    kept = np.random.default_rng(seed).random(SLOTS) > 1 / 3
    assert received(sent(payload, KEY) * kept, KEY) == payload


@given(st.integers(0, 10**6))
def test_noise_is_no_number(seed):
    assert received(noise(seed), KEY) is None


@given(PAYLOADS)
def test_silence_is_no_number_and_a_number_under_another_key_is_none(payload):
    assert received(np.zeros(SLOTS, np.float32), KEY) is None
    assert received(sent(payload, OTHER_KEY), KEY) is None


@given(PAYLOADS, PAYLOADS)
def test_half_of_one_number_and_half_of_another_is_neither_of_a_third(first, second):
    mixed = np.concatenate([sent(first, KEY)[: SLOTS // 2], sent(second, KEY)[SLOTS // 2 :]])
    assert received(mixed, KEY) in {None, first, second}
