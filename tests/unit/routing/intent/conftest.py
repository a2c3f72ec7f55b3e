"""One fitted model for all who only ask it."""

import pytest

from podium.routing.intent.model import IntentModel
from tests.unit.routing.intent.words import TRAVEL, Words


@pytest.fixture(scope="session")
def model() -> IntentModel:
    return IntentModel.fit(TRAVEL, Words())
