"""Which component each function of the cloud edition belongs to: its account (infra/) and its database role."""

COMPONENTS = {
    "on_upload": "ingest",
    "dispatch": "dispatch",
    "recover_stale": "maintenance",
    "apply_retention": "maintenance",
    "api": "api",
}
