# What each container is told: exactly settings of aisubs/settings.py (a test compares the names and reads the values
# with Settings itself). Secrets are no part of it: they come from Secret Manager by reference.

variable "store_url" { type = string }
variable "results_url" { type = string }
variable "supabase_url" {
  type = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.supabase_url))
    error_message = "supabase_url is https://REF.supabase.co, without a slash at the end."
  }
}
variable "queue" {
  description = "projects/P/locations/L/queues/Q"
  type        = string
}
variable "job" {
  description = "projects/P/locations/L/jobs/J"
  type        = string
}
variable "overflow_job" {
  description = "Another job, for what has waited too long for a machine of the first; null: there is none."
  type        = string
}
variable "urls" {
  description = "function => address of its service"
  type        = map(string)
}
variable "account_emails" {
  description = "component => email of its service account"
  type        = map(string)
}
variable "invokers" {
  description = "function => component that may call it"
  type        = map(string)
}
variable "allowed_origins" {
  description = "Web origins that may use the API from a browser."
  type        = list(string)
}
variable "vapid_subject" {
  description = "Whom push services may ask about our messages; empty: there are none."
  type        = string
}
variable "accounts" {
  description = "Who may use the API."
  type = object({
    anonymous      = bool
    supabase       = list(string)
    oidc           = optional(object({ issuer = string, client_id = string, name = string, scope = string }))
    session_hours  = number
    groups_claim   = string
    allowed_groups = list(string)
    admin_groups   = list(string)
    admins         = list(string)
  })
}
variable "models" {
  description = "What people may choose and are told: the model of the worker's image first."
  type        = list(string)
}
variable "price" {
  description = "Of an hour of a worker. null: people are shown no costs."
  type        = object({ per_hour = number, currency = string })
}
variable "supabase_publishable_key" {
  description = "For browsers, and beside tokens; empty: neither live updates nor tokens. Not a secret."
  type        = string
}
variable "longest_execution_s" {
  description = "Of all jobs: how long the token of a worker has to last, beside the wait for a machine."
  type        = number
}
variable "worker_timeout_s" { type = number }
variable "worker_device" { type = string }
variable "limits" {
  description = "Rules of the application, in the units of their names."
  type = object({
    concurrency           = number
    queue_capacity        = number
    uploads_per_owner     = number
    max_upload_gib        = number
    max_duration_hours    = number
    max_retries           = number
    gpu_patience_minutes  = number
    daily_gpu_seconds     = number
    recover_batch         = number
    retention_hours       = number
    upload_deadline_hours = number
    media_url_ttl_s       = number
    cancel_running        = bool
    log_level             = string
  })
}

locals {
  # Every container makes the whole App (aisubs/wiring.py), so each knows its store; what it may do there is IAM's.
  everywhere = {
    STORE_URL    = var.store_url
    SUPABASE_URL = var.supabase_url
    LOG_LEVEL    = var.limits.log_level
    # Beside a component's token. It opens nothing by itself.
    SUPABASE_PUBLISHABLE_KEY = var.supabase_publishable_key
  }
  # Whoever may have made something startable wakes the dispatcher.
  waking = {
    CLOUD_TASKS_QUEUE     = var.queue
    DISPATCH_URL          = var.urls["dispatch"]
    TASKS_SERVICE_ACCOUNT = var.account_emails["tasks"]
  }
  line = {
    CONCURRENCY    = tostring(var.limits.concurrency)
    QUEUE_CAPACITY = tostring(var.limits.queue_capacity)
  }
  # For those that start workers and those that ask what became of them.
  starting = merge(
    { CLOUD_RUN_JOB = var.job, GPU_PATIENCE_MINUTES = tostring(var.limits.gpu_patience_minutes) },
    var.overflow_job == null ? {} : { CLOUD_RUN_OVERFLOW_JOB = var.overflow_job },
  )
  recordings = {
    MAX_UPLOAD_BYTES   = tostring(var.limits.max_upload_gib * 1024 * 1024 * 1024)
    MAX_DURATION_HOURS = tostring(var.limits.max_duration_hours)
  }
  # For whoever sends messages to browsers, and the API that browsers subscribe with. Its key is a secret.
  push = { for name, value in { VAPID_SUBJECT = var.vapid_subject } : name => value if value != "" }
  # No client secret: in the cloud we are a public client of the issuer.
  people = merge({
    ANONYMOUS        = var.accounts.anonymous ? "yes" : "no"
    SUPABASE_SIGN_IN = join(",", var.accounts.supabase)
    SESSION_HOURS    = tostring(var.accounts.session_hours)
    GROUPS_CLAIM     = var.accounts.groups_claim
    ALLOWED_GROUPS   = join(",", var.accounts.allowed_groups)
    ADMIN_GROUPS     = join(",", var.accounts.admin_groups)
    ADMINS           = join(",", var.accounts.admins)
    }, var.accounts.oidc == null ? {} : {
    OIDC_ISSUER    = var.accounts.oidc.issuer
    OIDC_CLIENT_ID = var.accounts.oidc.client_id
    OIDC_NAME      = var.accounts.oidc.name
    OIDC_SCOPE     = var.accounts.oidc.scope
  })
  # The second wall behind run.invoker: the function itself looks at the identity token of its caller. Cloud Run checks
  # and removes the signature of a token before it hands it on.
  callers = {
    for function, component in var.invokers : function => {
      ALLOWED_CALLERS     = var.account_emails[component]
      SERVICE_AUDIENCE    = var.urls[function]
      IDENTITY_CHECKED_BY = "cloud_run"
    }
  }

  own = {
    on_upload = merge(local.waking, local.recordings)
    dispatch = merge(local.line, local.starting, {
      DAILY_GPU_SECONDS = var.limits.daily_gpu_seconds == null ? "" : tostring(var.limits.daily_gpu_seconds)
      TASK_TIMEOUT_S    = tostring(var.longest_execution_s)
    })
    recover_stale = merge(local.waking, local.line, local.recordings, local.push, local.starting, {
      RESULTS_URL   = var.results_url
      RECOVER_BATCH = tostring(var.limits.recover_batch)
      MAX_RETRIES   = tostring(var.limits.max_retries)
    })
    apply_retention = { RETENTION_HOURS = tostring(var.limits.retention_hours) }
    api = merge(local.waking, local.line, local.recordings, local.push, local.people, {
      CLOUD_RUN_JOB   = var.job
      ALLOWED_ORIGINS = join(",", var.allowed_origins)
      PUBLIC_URL      = var.urls["api"]
      # Cloud Run's own front end adds the caller's address. One more for each proxy that is put before it.
      PROXY_HOPS              = "1"
      UPLOADS_PER_OWNER       = tostring(var.limits.uploads_per_owner)
      SIGNING_SERVICE_ACCOUNT = var.account_emails["api"]
      MEDIA_URL_TTL_S         = tostring(var.limits.media_url_ttl_s)
      UPLOAD_DEADLINE_HOURS   = tostring(var.limits.upload_deadline_hours)
      RETENTION_HOURS         = tostring(var.limits.retention_hours)
      CANCEL_RUNNING          = tostring(var.limits.cancel_running)
      # Without the model it would take results of another one for those of the worker.
      MODEL          = var.models[0]
      MODELS         = join(",", slice(var.models, 1, length(var.models)))
      PRICE_PER_HOUR = var.price == null ? "" : tostring(var.price.per_hour)
      PRICE_CURRENCY = var.price == null ? "" : var.price.currency
    })
  }
}

output "functions" {
  description = "function => its environment"
  value       = { for function, own in local.own : function => merge(local.everywhere, own, lookup(local.callers, function, {})) }
}

output "worker" {
  description = "The environment of the worker. CLOUD_RUN_JOB is not in it: Cloud Run sets that name itself, to the short name of the job."
  value = merge(local.everywhere, local.waking, local.line, local.recordings, local.push, {
    RESULTS_URL    = var.results_url
    DEVICE         = var.worker_device
    TASK_TIMEOUT_S = tostring(var.worker_timeout_s)
    MAX_RETRIES    = tostring(var.limits.max_retries)
  })
}
