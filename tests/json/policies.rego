# Rules in the idiom of Open Policy Agent's page "Terraform": they know a plan by Terraform's documented fields only.
package terraform.analysis

import rego.v1

# Nothing is deleted, unless its name says that it may be.
deny contains message if {
	some change in input.resource_changes
	"delete" in change.change.actions
	not startswith(change.name, "temp-")
	message := sprintf("%s would be deleted", [change.address])
}

# New assistants live in Europe.
deny contains message if {
	some change in input.resource_changes
	change.type == "assistant"
	"create" in change.change.actions
	not startswith(change.change.after.timezone, "Europe/")
	message := sprintf("%s is in %s", [change.address, change.change.after.timezone])
}

# The voice of an assistant that is on the platform stays.
deny contains message if {
	some change in input.resource_changes
	change.change.actions == ["update"]
	change.change.before.voice.id != change.change.after.voice.id
	message := sprintf("%s gets the voice %s", [change.address, change.change.after.voice.name])
}

# No secret is written in clear text.
deny contains message if {
	some change in input.resource_changes
	some index, tool in change.change.after.tools
	tool.type == "calendar_integration"
	not change.change.after_sensitive.tools[index].calcom_api_key
	message := sprintf("%s has a key in clear text", [change.address])
}

# Whoever edited the platform is asked first.
warn contains message if {
	some drift in input.resource_drift
	message := sprintf("%s was edited", [drift.address])
}

# OPA's page weighs a plan by what it does to how many.
weights := {"assistant": {"delete": 10, "create": 1, "update": 1}}

num_actions[kind][action] := count([change |
	some change in input.resource_changes
	change.type == kind
	action in change.change.actions
]) if {
	some kind, actions in weights
	some action, _ in actions
}

score := sum([points |
	some kind
	some action
	points := weights[kind][action] * num_actions[kind][action]
])

authz if {
	score < 30
	count(deny) == 0
}
