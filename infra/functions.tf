locals {
  # What each function needs. One at a time for the two that sweep: they lock what they touch, and twice is only waste.
  function_shapes = {
    on_upload       = { memory = "1Gi", timeout_s = 120, concurrency = 8, max_instances = 10 }
    dispatch        = { memory = "512Mi", timeout_s = 60, concurrency = 8, max_instances = 2 }
    recover_stale   = { memory = "512Mi", timeout_s = 540, concurrency = 1, max_instances = 1 }
    apply_retention = { memory = "512Mi", timeout_s = 1800, concurrency = 1, max_instances = 1 }
    api             = { memory = "1Gi", timeout_s = 300, concurrency = 40, max_instances = 10 }
  }
}

module "function" {
  source   = "./function"
  for_each = { for function, component in module.names.functions : function => component if local.deployed && function != "on_upload" }

  target              = each.key
  name                = module.names.services[each.key]
  region              = var.region
  image               = var.functions_image
  account_email       = google_service_account.component[each.value].email
  environment         = module.environment.functions[each.key]
  supabase_key_secret = google_secret_manager_secret.supabase_key[each.value].secret_id
  vapid_key_secret    = contains(keys(module.environment.functions[each.key]), "VAPID_SUBJECT") ? google_secret_manager_secret.vapid_key[0].secret_id : null
  signing_key_secret  = each.key == "dispatch" && var.worker_tokens ? google_secret_manager_secret.signing_key[0].secret_id : null
  audience            = module.names.urls[each.key]
  internal            = each.key != "api" && var.internal_ingress_only
  public              = each.key == "api" && var.api_public
  shape               = local.function_shapes[each.key]

  depends_on = [
    google_secret_manager_secret_iam_member.supabase_key,
    google_secret_manager_secret_iam_member.vapid_key,
    google_secret_manager_secret_iam_member.signing_key,
  ]
}

# Apart from the others for one reason: Eventarc makes its identity tokens out to the address that Google shows, with a
# random part that nobody knows before. That part is the same for all services of a project and region.
module "on_upload" {
  source = "./function"
  count  = local.deployed ? 1 : 0

  target        = "on_upload"
  name          = module.names.services["on_upload"]
  region        = var.region
  image         = var.functions_image
  account_email = google_service_account.component[module.names.functions["on_upload"]].email
  environment = merge(module.environment.functions["on_upload"], {
    SERVICE_AUDIENCE = join(",", distinct([
      module.names.urls["on_upload"],
      replace(module.function["dispatch"].uri, "//${module.names.services["dispatch"]}-", "//${module.names.services["on_upload"]}-"),
    ]))
  })
  supabase_key_secret = google_secret_manager_secret.supabase_key[module.names.functions["on_upload"]].secret_id
  audience            = module.names.urls["on_upload"]
  internal            = var.internal_ingress_only
  shape               = local.function_shapes["on_upload"]

  depends_on = [google_secret_manager_secret_iam_member.supabase_key]
}

locals {
  services = merge({ for function, made in module.function : function => made }, { for made in module.on_upload : "on_upload" => made })
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.deployed ? module.roles.invokers : {}

  name     = local.services[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.component[each.value].member
}

# While the API is not public. Where it is, `invoker_iam_disabled` opens it, and it asks for owner, share or user tokens
# itself (aisubs/http/access.py).
resource "google_cloud_run_v2_service_iam_member" "api_caller" {
  # The build asks it for its health after a deployment.
  for_each = toset(local.deployed && !var.api_public ? concat(var.api_callers, ["serviceAccount:${module.names.account_emails["build"]}"]) : [])

  name     = local.services["api"].name
  location = var.region
  role     = "roles/run.invoker"
  member   = each.value
}

# The addresses that services are told were computed from names; this says so should Google ever make them differently.
check "computed_addresses" {
  assert {
    condition     = alltrue([for function, made in local.services : contains(made.urls, module.names.urls[function])])
    error_message = "A service does not have the address that modules/names computed: DISPATCH_URL and audiences would be wrong."
  }
}

# ── an object is complete → on_upload ─────────────────────────────────────────────────────────────────────────────────

# Asking for the agent of Cloud Storage makes it, if the project is new.
data "google_storage_project_service_account" "agent" {
  depends_on = [google_project_service.api]
}

# Cloud Storage hands its events to a Pub/Sub topic of Eventarc's, whose name nobody knows before: hence on the project.
resource "google_project_iam_member" "storage_publishes" {
  project = var.project_id
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.agent.member
}

# Eventarc's own agent: it comes into being when it is asked for, not when the API is enabled, and without its role the
# first trigger fails however long one waits.
# https://docs.cloud.google.com/eventarc/standard/docs/troubleshooting (service agent), hashicorp/google:
# google_project_service_identity
resource "google_project_service_identity" "eventarc" {
  service    = "eventarc.googleapis.com"
  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "eventarc_agent" {
  project = var.project_id
  role    = "roles/eventarc.serviceAgent"
  member  = google_project_service_identity.eventarc.member
}

# This role can be granted on the project only.
resource "google_project_iam_member" "eventarc_receives" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.component["eventarc"].member
}

# Without a retry_policy Eventarc tries again for 24 hours, which is what we want.
resource "google_eventarc_trigger" "uploads" {
  count = local.deployed ? 1 : 0

  name                    = "${var.name}-uploads"
  location                = lower(google_storage_bucket.bucket["uploads"].location) # must be the bucket's
  service_account         = google_service_account.component["eventarc"].email
  event_data_content_type = "application/json"

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }
  matching_criteria {
    attribute = "bucket"
    value     = google_storage_bucket.bucket["uploads"].name
  }

  destination {
    cloud_run_service {
      service = local.services["on_upload"].name
      region  = var.region
    }
  }

  depends_on = [
    google_project_iam_member.storage_publishes,
    google_project_iam_member.eventarc_receives,
    google_project_iam_member.eventarc_agent,
    google_cloud_run_v2_service_iam_member.invoker,
  ]
}
