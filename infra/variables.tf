# ── where ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

variable "project_id" {
  description = "The Google Cloud project. Use one of its own: names, quotas and the budget are the project's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the id (subtitles-4711), not the display name and not the number."
  }
}

variable "region" {
  description = "Region of functions, worker and buckets. With L4 GPUs: europe-west1, us-central1, europe-west4, us-east4, asia-southeast1; the first two have everything else as well."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is a Google Cloud region such as europe-west1."
  }
}

variable "bucket_location" {
  description = "Location of the buckets when it is not `region`. Reads across regions are billed and slower."
  type        = string
  default     = null
}

variable "tasks_region" {
  description = "Region of the queue. null: `region`, or where Cloud Tasks is not (europe-west4), the nearest that has it."
  type        = string
  default     = null
}

variable "build_region" {
  description = "Region of Cloud Build. null: `region`, or where new projects may not build, the nearest where they may."
  type        = string
  default     = null
}

variable "scheduler_region" {
  description = "Region of Cloud Scheduler. null: that of the queue."
  type        = string
  default     = null
}

variable "name" {
  description = "Prefix of every name."
  type        = string
  default     = "aisubs"
}

variable "queue_generation" {
  description = "Raise by one to make a new queue: the name of a deleted one is blocked for 7 days."
  type        = number
  default     = 1
}

# ── what runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

variable "image_source" {
  description = "build: Cloud Build makes the images here. release: those of the release that this checkout is, which Google fetches from ghcr.io by digest through a repository of the project (Cloud Run pulls from no other registry)."
  type        = string
  default     = "build"

  validation {
    condition     = contains(["build", "release"], var.image_source)
    error_message = "image_source is build or release."
  }
}

variable "functions_image" {
  description = "Image of functions/Dockerfile by digest. Empty in the first round. Afterwards cloudbuild.yaml deploys newer ones."
  type        = string
  default     = ""

  validation {
    condition     = var.functions_image == "" || can(regex("@sha256:[0-9a-f]{64}$", var.functions_image))
    error_message = "functions_image is named by digest: …@sha256:…, so that what runs is what was built."
  }
  validation {
    condition     = var.functions_image == "" || strcontains(var.functions_image, "/${var.name}-released/") == (var.image_source == "release")
    error_message = "functions_image is of the other image_source. Delete infra/images.auto.tfvars, and make deploy names those of this one."
  }
}

variable "worker_image" {
  description = "Image of gpu_job/Dockerfile by digest. Empty in the first round."
  type        = string
  default     = ""

  validation {
    condition     = var.worker_image == "" || can(regex("@sha256:[0-9a-f]{64}$", var.worker_image))
    error_message = "worker_image is named by digest: …@sha256:…"
  }
  validation {
    condition     = var.worker_image == "" || strcontains(var.worker_image, "/${var.name}-released/") == (var.image_source == "release")
    error_message = "worker_image is of the other image_source. Delete infra/images.auto.tfvars, and make deploy names those of this one."
  }
}

variable "gpu_enabled" {
  description = "false runs the worker on CPUs: for a project without L4 quota, and for trying things out."
  type        = bool
  default     = true
}

variable "task_timeout_s" {
  description = "How long one execution may last, in seconds. null: 3600 with a GPU, 21600 without."
  type        = number
  default     = null
}

variable "overflow" {
  description = "A second job for what has waited for a GPU for limits.gpu_patience_minutes: { region = \"us-central1\", gpu_enabled = true } in another region (recordings are read from there), { gpu_enabled = false } on CPUs of the same one. null: such jobs go on waiting."
  type        = object({ region = optional(string), gpu_enabled = optional(bool, false) })
  default     = null

  validation {
    condition     = var.overflow == null ? true : !(try(coalesce(var.overflow.region, var.region), var.region) == var.region && var.overflow.gpu_enabled == var.gpu_enabled)
    error_message = "overflow differs from the first job in its region or in gpu_enabled, or it would wait for the same machines."
  }
}

variable "worker_cpu" {
  description = "vCPUs of the worker. null: 4 with a GPU, 8 without."
  type        = number
  default     = null
}

variable "worker_memory_gib" {
  description = "Memory of the worker in GiB. null: 16."
  type        = number
  default     = null
}

variable "supabase_url" {
  description = "https://REF.supabase.co"
  type        = string
}

variable "supabase_publishable_key" {
  description = "sb_publishable_… of the Supabase project, which the page gets for live updates. Empty: the page asks from time to time. Not a secret, and a secret key must not stand here."
  type        = string
  default     = ""

  validation {
    condition     = !startswith(var.supabase_publishable_key, "sb_secret_")
    error_message = "This is a secret key. Browsers get the one that starts with sb_publishable_."
  }
  validation {
    condition     = try(jsondecode(base64decode("${replace(replace(split(".", var.supabase_publishable_key)[1], "-", "+"), "_", "/")}${substr("===", 0, (4 - length(split(".", var.supabase_publishable_key)[1]) % 4) % 4)}")).role, "anon") == "anon"
    error_message = "This is a legacy key of another role than anon: it would let everybody read everything."
  }
}

variable "worker_tokens" {
  description = "Start each worker with a token of its own, for its jobs and its time, instead of a key that lasts (docs/deploy.md, step 5). Needs supabase_publishable_key and a signing key."
  type        = bool
  default     = true

  validation {
    condition     = !var.worker_tokens || var.supabase_publishable_key != ""
    error_message = "worker_tokens needs supabase_publishable_key: Supabase lets a token pass beside a key that it knows. Give it, or set worker_tokens = false."
  }
}

variable "model" {
  description = "The speech model that the worker's image was built with (_MODEL of cloudbuild.yaml); people are told it, and the API knows results by it."
  type        = string
  default     = "large-v3-turbo"

  validation {
    condition     = var.image_source == "build" || var.model == "large-v3-turbo"
    error_message = "The worker's image of a release holds large-v3-turbo. For another model build the images: image_source = \"build\"."
  }
}

variable "models" {
  description = "Further models that people may choose. They must lie in the worker's image: it may not fetch any. Ours has one."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.models : can(regex("^[A-Za-z0-9._/-]+$", name))])
    error_message = "models are names such as large-v3, or folders of the worker's image."
  }
}

variable "price" {
  description = "What an hour of a worker costs, { per_hour = 1.05, currency = \"USD\" }, for the costs that people are shown before they submit. null: none are shown."
  type        = object({ per_hour = number, currency = optional(string, "USD") })
  default     = null

  validation {
    condition     = var.price == null ? true : var.price.per_hour >= 0 && can(regex("^[A-Z]{3}$", var.price.currency))
    error_message = "per_hour is 0 or more; currency is a code of ISO 4217 such as EUR."
  }
}

variable "limits" {
  description = "Rules of the application; docs/settings.md says what each means. daily_gpu_seconds is a hard stop, 8 hours of workers a day; null is none. retention_hours also sets the buckets' own rules."
  type = object({
    concurrency           = optional(number, 2)
    queue_capacity        = optional(number, 0)
    uploads_per_owner     = optional(number, 0)
    max_upload_gib        = optional(number, 10)
    max_duration_hours    = optional(number, 24)
    max_retries           = optional(number, 3)
    gpu_patience_minutes  = optional(number, 30)
    daily_gpu_seconds     = optional(number, 28800)
    recover_batch         = optional(number, 1)
    retention_hours       = optional(number, 168)
    upload_deadline_hours = optional(number, 24)
    media_url_ttl_s       = optional(number, 14400)
    cancel_running        = optional(bool, false)
    log_level             = optional(string, "INFO")
  })
  default = {}

  validation {
    condition     = var.limits.concurrency >= 1 && var.limits.max_upload_gib > 0 && var.limits.max_duration_hours > 0
    error_message = "concurrency, max_upload_gib and max_duration_hours are above 0."
  }
  validation {
    condition     = var.limits.daily_gpu_seconds == null ? true : var.limits.daily_gpu_seconds > 0
    error_message = "daily_gpu_seconds is above 0, or null for no limit."
  }
  validation {
    condition     = var.limits.gpu_patience_minutes > 0
    error_message = "gpu_patience_minutes is above 0."
  }
  validation {
    condition     = var.limits.media_url_ttl_s >= 60 && var.limits.media_url_ttl_s <= 43200
    error_message = "media_url_ttl_s is between a minute and 12 hours, for which Google's own keys sign at most."
  }
  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.limits.log_level)
    error_message = "log_level is DEBUG, INFO, WARNING or ERROR."
  }
}

# ── who reaches it ────────────────────────────────────────────────────────────────────────────────────────────────────

variable "allowed_origins" {
  description = "Web origins of the page, for the API and for uploads straight into the bucket: [\"https://subtitles.example\"]."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^(https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\\.0\\.0\\.1):[0-9]+)$", origin))])
    error_message = "An origin is https://host without a slash at the end (or http://localhost:PORT); * is not one."
  }
}

variable "accounts" {
  description = "Who may use the API once it is public (docs/accounts.md): anonymous lets everybody send recordings at your expense; supabase is a list of password, magic_link, google, github, twitch; oidc is an issuer that knows this server as a public client (PKCE), with the redirect URI <page>/sign-in/callback. Groups empty: everybody whom the provider lets in."
  type = object({
    anonymous      = optional(bool, false)
    supabase       = optional(list(string), [])
    oidc           = optional(object({ issuer = string, client_id = string, name = optional(string, "OpenID"), scope = optional(string, "openid profile email") }))
    session_hours  = optional(number, 720)
    groups_claim   = optional(string, "groups")
    allowed_groups = optional(list(string), [])
    admin_groups   = optional(list(string), [])
    admins         = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = alltrue([for way in var.accounts.supabase : contains(["password", "magic_link", "google", "github", "twitch"], way)])
    error_message = "accounts.supabase lists password, magic_link, google, github, twitch."
  }
  validation {
    condition     = length(var.accounts.supabase) == 0 || var.supabase_publishable_key != ""
    error_message = "accounts.supabase needs supabase_publishable_key: the page signs people in with it."
  }
  validation {
    condition     = var.accounts.oidc == null ? true : startswith(var.accounts.oidc.issuer, "https://")
    error_message = "accounts.oidc.issuer is https://…, without /.well-known."
  }
  validation {
    condition     = var.accounts.session_hours > 0
    error_message = "accounts.session_hours is above 0."
  }
}

variable "api_public" {
  description = "Let everybody who has the address reach the API; who may send recordings there is for `accounts` to say. false: Cloud Run admits only those who hold run.invoker on it (`api_callers`)."
  type        = bool
  default     = false
}

variable "api_callers" {
  description = "Who may call the API while it is not public: [\"user:you@example.com\", \"group:…\", \"serviceAccount:…\"]."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.api_callers : can(regex("^(user|group|serviceAccount|domain):[^ ]+$", member))])
    error_message = "A caller is user:…, group:…, serviceAccount:… or domain:…; everybody is api_public."
  }
  validation {
    condition     = !(var.api_public && length(var.api_callers) > 0)
    error_message = "With api_public everybody may call: leave api_callers empty, or set api_public = false."
  }
}

variable "internal_ingress_only" {
  description = "Refuse what does not come from Google's own Eventarc, Cloud Tasks and Scheduler before IAM is even asked."
  type        = bool
  default     = true
}

variable "vapid_subject" {
  description = "mailto:you@example.com or https://…: lets browsers be told that a job is over although the page is closed (docs/deploy.md makes the key). Empty: no notifications."
  type        = string
  default     = ""

  validation {
    condition     = var.vapid_subject == "" || can(regex("^(mailto:[^@ ]+@[^@ ]+|https://[^ ]+)$", var.vapid_subject))
    error_message = "vapid_subject is mailto:you@example.com or an https: address."
  }
}

# ── care ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

variable "recover_schedule" {
  description = "When lost workers, messages and uploads are looked for (cron, UTC)."
  type        = string
  default     = "*/5 * * * *"
}

variable "retention_schedule" {
  description = "When what is too old is deleted (cron, UTC). Hourly, so that 168 hours are not nearly 192."
  type        = string
  default     = "17 * * * *"
}

variable "alert_emails" {
  description = "Who is told when something breaks. Empty: nobody, and no alert is made (Google charges for each of their eleven conditions)."
  type        = list(string)
  default     = []
}

variable "max_gpu_hours_per_6h" {
  description = "An alert goes off when workers were billed for more hours than this within 6 hours. 3 workers all the time are 18."
  type        = number
  default     = 12
}

variable "billing_account" {
  description = "XXXXXX-XXXXXX-XXXXXX for a monthly budget; empty makes none (it needs rights on the billing account)."
  type        = string
  default     = ""
}

variable "monthly_budget" {
  description = "Budget in whole units of the billing account's currency."
  type        = number
  default     = 50
}

variable "deletion_protection" {
  description = "Refuse to destroy secrets. Set to false and apply before `terraform destroy`."
  type        = bool
  default     = true
}

variable "destroy_recordings" {
  description = "Let `terraform destroy` delete buckets that still hold recordings and results."
  type        = bool
  default     = false
}

variable "source_repository" {
  description = "projects/P/locations/L/connections/C/repositories/R for builds on every push to main; empty makes no trigger."
  type        = string
  default     = ""

  validation {
    condition     = var.source_repository == "" || var.image_source == "build"
    error_message = "Either builds of every push (source_repository), or images of a release (image_source), not both."
  }
}
