"""Tokens are made, listed and taken away in a terminal; what is kept of them says nothing."""

import json
import re
import stat
from pathlib import Path

import pytest

from podium.cli.app import app
from podium.server.gate.tokens import TokenFile


def podium(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app()(list(words), prog_name="podium")
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_token_is_shown_once_and_can_be_taken_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db = str(tmp_path / "p.db")
    assert podium("tokens", "add", "ada", "--scope", "operate", "--days", "3", "--db", db) == 0
    told = capsys.readouterr()
    token = told.out.strip()
    assert re.fullmatch(r"podium_[\w-]{43}", token)
    assert "not shown again" in told.err
    file = TokenFile(tmp_path / "p.db.tokens.json")
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    [kept] = file.tokens()
    assert (kept.name, kept.scope, kept.expires_at - kept.created_at) == ("ada", "operate", 3 * 86_400_000)

    assert podium("tokens", "ls", "--json", "--db", db) == 0
    listed = capsys.readouterr().out
    assert json.loads(listed)[0]["name"] == "ada"
    assert kept.sha256 not in listed
    assert podium("tokens", "ls", "--db", db) == 0
    assert "operate" in capsys.readouterr().out

    assert podium("tokens", "add", "ada", "--db", db) == 2
    assert "already" in capsys.readouterr().err
    assert podium("tokens", "revoke", "ada", "--db", db) == 0
    assert "lets nobody in" in capsys.readouterr().err
    assert file.tokens() == ()
    assert file.is_there()
