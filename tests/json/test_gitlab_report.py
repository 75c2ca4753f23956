"""GitLab's report of a plan: the form of `artifacts:reports:terraform`."""

from agentops.render.json import gitlab_report
from tests.json.conftest import plain
from tests.support.project import Project


def test_report_counts_what_is_created_updated_and_deleted_over_all_plans(desk: Project) -> None:
    desk.write({name: plain(desk, name=name) for name in ("kept", "gone", "taken")})
    creates = desk.plan()
    desk.apply()
    taken = desk.ids()["taken"]
    desk.succeed("state", "rm", "assistant.taken")
    manifests = {
        "kept": plain(desk, name="kept", initial_message="Changed"),
        "taken": plain(desk, name="taken", initial_message="Changed"),
    }
    desk.write(manifests, taken={"import": taken})
    changes = desk.plan()

    assert gitlab_report([]) == {"create": 0, "update": 0, "delete": 0}
    assert gitlab_report([creates]) == {"create": 3, "update": 0, "delete": 0}
    assert gitlab_report([creates, changes]) == {"create": 3, "update": 2, "delete": 1}
