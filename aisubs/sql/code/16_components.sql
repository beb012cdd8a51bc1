-- A role for each component of the cloud edition, with the functions that it calls and no table at all: a component
-- that was taken over can do what it is for, and nothing else. The service role goes on having everything. Functions
-- borrow their owner's rights for that (90_access.sql); tests/pipeline/test_sql_roles.py tries each role.

create function aisubs_core.rights() returns table (role text, functions text[]) language sql immutable as $$ values
    -- A worker. Jobs: those that it has claimed (below).
    ('aisubs_worker', array['claim_job', 'claim_next_job', 'heartbeat', 'set_stage', 'save_windows', 'review_windows',
        'discard_windows', 'save_speaker_chunks', 'discard_speaker_chunks', 'read_claimed_speaker_chunks',
        'read_claimed_voices', 'save_voices',
        'complete_job', 'adopt_result', 'fail_job', 'release_job', 'read_claimed_windows', 'house_result',
        'house_windows', 'house_text', 'house_turns', 'list_unmirrored',
        'record_mirror', 'postpone_mirror', 'read_written', 'record_written', 'forget_written',
        'claim_pushes', 'record_push', 'queue_state']),
    -- The function `dispatch`.
    ('aisubs_dispatch', array['begin_dispatch', 'record_execution', 'return_dispatch', 'queue_state']),
    -- The function `on_upload`.
    ('aisubs_ingest', array['receive_upload', 'find_announced', 'refuse_upload', 'queue_state']),
    -- The functions `recover_stale` and `apply_retention`.
    ('aisubs_maintenance', array['startable', 'list_processing', 'record_execution', 'await_start', 'return_dispatch',
        'worker_died', 'recover_stale', 'expire_uploads', 'unknown_objects', 'receive_upload', 'find_announced',
        'refuse_upload', 'list_unmirrored', 'record_mirror', 'postpone_mirror', 'house_result', 'house_windows',
        'house_text', 'house_turns', 'claim_webhooks', 'record_webhook',
        'read_written', 'record_written', 'forget_written', 'written_of', 'index_texts', 'claim_pushes',
        'record_push', 'expire_jobs', 'forget_job', 'queue_state', 'spending',
        'claim_translation', 'read_claimed_sentences', 'save_translated', 'end_translation']),
    -- The function `api`: what people may do, each with a holder, who is asked for there.
    ('aisubs_api', array['offer_upload', 'find_upload', 'renew_upload', 'touch_upload', 'cancel_job', 'retry_job',
        'get_job', 'get_own_job',
        'create_webhook', 'list_webhooks', 'delete_webhook', 'rotate_webhook', 'test_webhook', 'list_deliveries',
        'switch_voices', 'list_voices', 'forget_voices', 'read_known_voices', 'replace_voices', 'list_suggestions',
        'decline_suggestion',
        'read_speaker_chunks', 'get_recording', 'read_windows', 'read_peaks', 'get_result', 'delete_job', 'forget_job',
        'get_deletion', 'delete_owner',
        'list_jobs', 'library_totals',
        'update_job', 'held_among', 'check_history', 'open_revision', 'save_revision', 'newest_revision',
        'read_revision', 'read_turns', 'list_revisions', 'request_translation', 'list_translations',
        'read_translation', 'delete_translation', 'index_texts', 'search_texts', 'begin_session',
        'sign_in_account', 'shut_account', 'get_account', 'create_key', 'list_keys', 'revoke_key', 'key_owner',
        'session_owner', 'list_sessions', 'end_session', 'claim_jobs', 'create_share', 'list_shares',
        'revoke_share', 'open_share', 'subscribe_push', 'unsubscribe_push', 'queue_state', 'estimate', 'spending',
        'schema_release',
        'get_usage', 'paused_since', 'admin_queue', 'admin_usage', 'admin_pause', 'admin_raise', 'admin_fail',
        'admin_retry', 'admin_delete', 'admin_limit'])
$$;

-- A worker reads what strangers send. So it may be given a token of its own for one execution, of role aisubs_worker
-- and with a `credential` in its claims, and touches no jobs but those that it has claimed with it.

-- The credential of whoever asks. Null: not a worker with a token, but somebody of more trust. A token of the worker's
-- role without a credential gets one that no job has.
create function aisubs_core.credential() returns uuid language sql stable as $$
    select case when c.claims ->> 'role' = 'aisubs_worker'
        then coalesce(c.claims ->> 'credential', '00000000-0000-0000-0000-000000000000')::uuid end
    from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb as claims) c $$;

-- May whoever asks touch a job that was claimed with this credential?
create function aisubs_core.is_mine(credential uuid) returns boolean language sql stable as $$
    select aisubs_core.credential() is null or coalesce(aisubs_core.credential() = is_mine.credential, false) $$;
