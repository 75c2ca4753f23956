"""Doubles of the APIs of GitHub and GitLab: they keep what is sent, and refuse what is not as it is documented."""

from tests.support.forge_double.core import Double, Fault, Note, Upload, archive
from tests.support.forge_double.github import GitHubDouble
from tests.support.forge_double.gitlab import GitLabDouble
from tests.support.forge_double.serving import Storage, served

__all__ = ["Double", "Fault", "GitHubDouble", "GitLabDouble", "Note", "Storage", "Upload", "archive", "served"]
