"""Every failure has its sentence and the exit code that scripts rely on."""

import pytest

from ksmy_tracker.errors import (
    BadInput,
    Busy,
    Damaged,
    KsmyError,
    NoRegister,
    NotFound,
    Refused,
    Usage,
)

#: What the design promises; 0 and 130 are no errors of a class.
DOCUMENTED = {1, 2, 3, 4, 5, 6, 7, 8, 10}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KsmyError, 1),
        (Usage, 2),
        (NotFound, 3),
        (Refused, 4),
        (BadInput, 5),
        (NoRegister, 6),
        (Busy, 7),
        (Damaged, 8),
    ],
)
def test_an_error_has_the_exit_code_of_the_contract(error: type[KsmyError], code: int) -> None:
    assert error.exit_code == code
    assert error("it is so").exit_code == code


def test_no_error_has_an_exit_code_outside_the_contract() -> None:
    found = [KsmyError]
    for error in found:
        found.extend(error.__subclasses__())

    assert {error.exit_code for error in found} <= DOCUMENTED


def test_an_error_is_its_sentence() -> None:
    assert str(NotFound("there is no record FTA-CONCLUD")) == "there is no record FTA-CONCLUD"


def test_an_error_keeps_each_fault_in_order() -> None:
    error = BadInput("the seed has 2 faults", ("agreements[0].ref: is missing", "commitments[1]: no object"))

    assert str(error) == "the seed has 2 faults"
    assert error.faults == ("agreements[0].ref: is missing", "commitments[1]: no object")


def test_an_error_has_no_faults_unless_it_names_them() -> None:
    assert Refused("not now").faults == ()
