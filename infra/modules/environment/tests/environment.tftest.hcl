variables {
  store_url    = "gs://subtitles-4711-aisubs-uploads"
  results_url  = "gs://subtitles-4711-aisubs-results"
  supabase_url = "https://abcdefghijklmnopqrst.supabase.co"
  queue        = "projects/subtitles-4711/locations/europe-west1/queues/aisubs-dispatch"
  job          = "projects/subtitles-4711/locations/europe-west1/jobs/aisubs-worker"
  overflow_job = null
  urls = {
    on_upload       = "https://aisubs-on-upload-1234567.europe-west1.run.app"
    dispatch        = "https://aisubs-dispatch-1234567.europe-west1.run.app"
    recover_stale   = "https://aisubs-recover-stale-1234567.europe-west1.run.app"
    apply_retention = "https://aisubs-apply-retention-1234567.europe-west1.run.app"
    api             = "https://aisubs-api-1234567.europe-west1.run.app"
  }
  account_emails = {
    eventarc  = "aisubs-eventarc@subtitles-4711.iam.gserviceaccount.com"
    tasks     = "aisubs-tasks@subtitles-4711.iam.gserviceaccount.com"
    scheduler = "aisubs-scheduler@subtitles-4711.iam.gserviceaccount.com"
    api       = "aisubs-api@subtitles-4711.iam.gserviceaccount.com"
  }
  invokers         = { on_upload = "eventarc", dispatch = "tasks", recover_stale = "scheduler", apply_retention = "scheduler" }
  allowed_origins  = ["https://subtitles.example", "http://localhost:5173"]
  vapid_subject    = "mailto:you@example.com"
  models           = ["large-v3-turbo", "large-v3"]
  price            = { per_hour = 1.05, currency = "USD" }
  accounts         = { anonymous = false, supabase = ["password", "github"], oidc = { issuer = "https://id.example/", client_id = "aisubs", name = "Ours", scope = "openid" }, session_hours = 720, groups_claim = "groups", allowed_groups = ["staff"], admin_groups = [], admins = [] }
  worker_timeout_s = 3600
  worker_device    = "cuda"

  supabase_publishable_key = "sb_publishable_abc"
  longest_execution_s      = 21600

  limits = {
    concurrency           = 3
    queue_capacity        = 0
    uploads_per_owner     = 0
    max_upload_gib        = 10
    max_duration_hours    = 24
    max_retries           = 3
    gpu_patience_minutes  = 30
    daily_gpu_seconds     = 28800
    recover_batch         = 1
    retention_hours       = 168
    upload_deadline_hours = 24
    media_url_ttl_s       = 14400
    cancel_running        = false
    log_level             = "INFO"
  }
}

run "no_container_is_told_a_secret" {
  command = plan

  assert {
    condition = length([
      for name in concat(keys(output.worker), flatten([for environment in values(output.functions) : keys(environment)])) :
      name if can(regex("KEY|SECRET|PASSWORD|DATABASE_URL|TOKEN$", name)) && name != "SUPABASE_PUBLISHABLE_KEY"
    ]) == 0
    error_message = "Secrets come from Secret Manager by reference, never as a value."
  }
}

run "each_function_knows_its_one_caller" {
  command = plan

  assert {
    condition     = output.functions["dispatch"]["ALLOWED_CALLERS"] == var.account_emails["tasks"]
    error_message = "dispatch is for Cloud Tasks."
  }
  assert {
    condition     = output.functions["dispatch"]["SERVICE_AUDIENCE"] == var.urls["dispatch"]
    error_message = "The audience is the service's own address."
  }
  assert {
    # There anonymous callers are admitted, so Cloud Run hands tokens on unchecked.
    condition     = length(setintersection(keys(output.functions["api"]), ["ALLOWED_CALLERS", "IDENTITY_CHECKED_BY"])) == 0
    error_message = "The API is public and trusts no caller more than another."
  }
}

run "the_worker_does_not_shadow_what_cloud_run_sets" {
  command = plan

  assert {
    condition     = length([for name in keys(output.worker) : name if startswith(name, "CLOUD_RUN_")]) == 0
    error_message = "CLOUD_RUN_* are reserved in a job."
  }
  assert {
    condition     = output.worker["TASK_TIMEOUT_S"] == "3600"
    error_message = "The worker must know the time limit that Cloud Run enforces."
  }
}

run "origins_are_one_list" {
  command = plan

  assert {
    condition     = output.functions["api"]["ALLOWED_ORIGINS"] == "https://subtitles.example,http://localhost:5173"
    error_message = "ALLOWED_ORIGINS is separated by commas."
  }
  assert {
    condition     = output.functions["on_upload"]["MAX_UPLOAD_BYTES"] == "10737418240"
    error_message = "Whole bytes, without an exponent."
  }
}

run "without_a_subject_nobody_hears_of_messages" {
  command = plan
  variables {
    vapid_subject = ""
  }

  assert {
    condition     = !contains(keys(output.worker), "VAPID_SUBJECT") && !contains(keys(output.functions["api"]), "VAPID_SUBJECT")
    error_message = "A subject without a key is half a configuration."
  }
}

run "the_api_tells_what_may_be_chosen_and_what_it_costs" {
  command = plan

  assert {
    condition     = [for name in ["MODEL", "MODELS", "PRICE_PER_HOUR", "PRICE_CURRENCY"] : output.functions["api"][name]] == ["large-v3-turbo", "large-v3", "1.05", "USD"]
    error_message = "The first model is the worker's own; the others are a list separated by commas."
  }
  assert {
    condition     = alltrue([for told in [output.worker, output.functions["on_upload"]] : told.SUPABASE_PUBLISHABLE_KEY == "sb_publishable_abc"])
    error_message = "A component's token passes beside this key only."
  }
}

run "the_api_alone_is_told_who_may_use_it" {
  command = plan

  assert {
    condition     = [for name in ["ANONYMOUS", "SUPABASE_SIGN_IN", "OIDC_ISSUER", "ALLOWED_GROUPS"] : output.functions["api"][name]] == ["no", "password,github", "https://id.example/", "staff"]
    error_message = "Lists are separated by commas, and strangers send nothing unless it is said."
  }
  assert {
    condition     = !contains(keys(output.functions["dispatch"]), "OIDC_ISSUER") && !contains(keys(output.worker), "ANONYMOUS")
    error_message = "Only the API lets people in."
  }
}

run "without_a_price_there_are_no_costs" {
  command = plan
  variables {
    models = ["small"]
    price  = null
  }

  assert {
    condition     = [for name in ["MODEL", "MODELS", "PRICE_PER_HOUR", "PRICE_CURRENCY"] : output.functions["api"][name]] == ["small", "", "", ""]
    error_message = "Empty settings are unset ones."
  }
}

run "a_supabase_url_has_no_path" {
  command = plan
  variables {
    supabase_url = "https://abc.supabase.co/rest/v1"
  }
  expect_failures = [var.supabase_url]
}
