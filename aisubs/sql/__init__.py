"""The state machine: data in schema `aisubs`, rules in `aisubs_core`, the functions that Python calls in `aisubs_api`.

migrations/   data: numbered, applied once, never edited afterwards
code/         rules: rebuilt whole at each migrate, so each file is today's truth
shim.sql      what Supabase has and a plain Postgres lacks
"""
