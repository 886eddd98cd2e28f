"""Where the program is that makes sandboxes and readers in software."""
import os

import pytest


@pytest.fixture(scope="session")
def program():
    return os.environ["REALNAME_PROGRAM"]
