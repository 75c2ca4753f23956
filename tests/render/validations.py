"""Results of `validate` for the tests of its formats: one of each kind, and one of everything that is odd."""

from typing import Final

from agentops.domain.diagnostics import SourcePos, error, warning
from agentops.render.validation import Checked

DESK, NIGHT = "assistants/desk.yaml", "assistants/night desk.yaml"

CLEAN: Final = Checked((), ("agentops.yaml", DESK, NIGHT), scope="main", environments=("main",))

FAULTY: Final = Checked(
    (
        error("no-manifests", "there is no manifest (*.yaml, *.yml) in empty", hint="only destroy empties it"),
        error("unknown-key", "spec.voise is unknown", SourcePos(DESK, 12, 3), "did you mean 'voice'?"),
        error("unknown-key", "spec.modell is unknown", SourcePos(DESK, 14, 3)),
        error("duplicate-address", "assistant.desk is also at assistants/desk.yaml:3:9", SourcePos(NIGHT, 3, 9)),
        warning("unused-variable", "no prompt uses the variable city", SourcePos(NIGHT, 20, 5), "remove it"),
    ),
    ("agentops.yaml", DESK, NIGHT),
    prefix="voice/",
    scope="main",
    environments=("main",),
)

HOSTILE: Final = Checked(
    (
        error(
            "wrong-value",
            "::error file=/etc/passwd::owned\n::set-output name=x::100% @octocat\r\n]]></failure><b>\x1b[31mred\x00",
            SourcePos("a,b:c]]>%\n::warning::d/\u202eé <&>\"'.yaml", 1, 1),
            "##[error]::stop-commands::x\n]]>",
        ),
        warning("odd", "\ud800 half a character, \ufffe and \x85\u2028 no line", SourcePos("../outside.yaml", 7, 2)),
    ),
    ("a,b:c]]>%\n::warning::d/\u202eé <&>\"'.yaml",),
    prefix="voice/",
    scope="1 path",
)

CASES: Final = {"clean": CLEAN, "faulty": FAULTY, "hostile": HOSTILE}
