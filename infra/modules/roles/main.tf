# Who may do what, as one table. The resources' own files bind it; tests/rules/test_infra.py and the tests beside this
# file keep it small. Nothing here is granted on the project, so nothing reaches further than the one resource.

variable "prefix_uploads" {
  description = "Where the web's uploads lie in the bucket."
  type        = string
  default     = "uploads/"
}

variable "prefix_results" {
  description = "Where workers write what they publish."
  type        = string
  default     = "results/"
}

variable "prefix_scripts" {
  description = "Where scripts lie that came with uploads."
  type        = string
  default     = "scripts/"
}

locals {
  viewer   = "roles/storage.objectViewer"
  creator  = "roles/storage.objectCreator"
  remover  = "object_remover" # a custom role of ours: no predefined one deletes without also writing
  uploads  = var.prefix_uploads
  scripts  = var.prefix_scripts
  results  = var.prefix_results
  anything = []

  uploads_bucket = [
    # Listing belongs to reading: without it Cloud Storage answers 403 for what does not exist, where we need the 404.
    { component = "ingest", role = local.viewer, prefixes = local.anything },
    { component = "api", role = local.viewer, prefixes = local.anything },
    { component = "worker", role = local.viewer, prefixes = local.anything },
    { component = "maintenance", role = local.viewer, prefixes = local.anything },
    { component = "api", role = local.creator, prefixes = [local.uploads, local.scripts] },
    { component = "api", role = local.remover, prefixes = [local.uploads, local.scripts, local.results] },
    # Writing a result again, after an answer that was lost, replaces it: that takes the right to delete.
    { component = "worker", role = local.creator, prefixes = [local.results] },
    { component = "worker", role = local.remover, prefixes = [local.results] },
    { component = "maintenance", role = local.remover, prefixes = local.anything },
  ]

  # They replace a result and remove what was said of an attempt before; that there was none is a 404 only to a reader.
  results_bucket = [
    for grant in setproduct(["worker", "maintenance"], [local.viewer, local.creator, local.remover]) :
    { component = grant[0], role = grant[1], prefixes = local.anything }
  ]

  queue = [
    { component = "ingest", role = "roles/cloudtasks.enqueuer" },
    { component = "api", role = "roles/cloudtasks.enqueuer" },
    { component = "worker", role = "roles/cloudtasks.enqueuer" },
    { component = "maintenance", role = "roles/cloudtasks.enqueuer" },
    { component = "api", role = "roles/cloudtasks.viewer" }, # /api/health asks whether the queue runs
  ]

  job = [
    # run.jobs.run, run.jobs.runWithOverrides and run.executions.cancel; not run.developer, which may change the image.
    { component = "dispatch", role = "roles/run.jobsExecutorWithOverrides" },
    { component = "dispatch", role = "execution_reader" }, # a lost answer of run_job is looked up
    { component = "maintenance", role = "execution_reader" },
    { component = "maintenance", role = "execution_canceller" }, # nothing may be left that could start later
    { component = "api", role = "execution_reader" },            # /api/health asks whether the job is there
  ]

  # Creating a task with an identity token means acting as its account.
  act_as_tasks = ["ingest", "api", "worker", "maintenance"]

  # function => who may call it, and nobody else
  invokers = {
    on_upload       = "eventarc"
    dispatch        = "tasks"
    recover_stale   = "scheduler"
    apply_retention = "scheduler"
  }

  custom = {
    object_remover = {
      title       = "aisubs: delete objects"
      description = "Deletes objects and nothing else."
      permissions = ["storage.objects.delete"]
    }
    execution_reader = {
      title       = "aisubs: look at executions"
      description = "Reads the worker job and its executions."
      permissions = ["run.executions.get", "run.executions.list", "run.jobs.get"]
    }
    execution_canceller = {
      title       = "aisubs: cancel executions"
      description = "Cancels executions of the worker job; starts none."
      permissions = ["run.executions.cancel"]
    }
    blob_signer = {
      title       = "aisubs: sign URLs"
      description = "Signs as the service account it is granted on; makes no tokens."
      permissions = ["iam.serviceAccounts.signBlob"]
    }
  }
}

output "uploads_bucket" {
  description = "Grants on the uploads bucket; `prefixes` empty means every object."
  value       = { for grant in local.uploads_bucket : "${grant.component}/${grant.role}" => grant }
}

output "results_bucket" {
  description = "Grants on the bucket that mirrors results for drop-ins."
  value       = { for grant in local.results_bucket : "${grant.component}/${grant.role}" => grant }
}

output "queue" {
  value = { for grant in local.queue : "${grant.component}/${grant.role}" => grant }
}

output "job" {
  value = { for grant in local.job : "${grant.component}/${grant.role}" => grant }
}

output "act_as_tasks" {
  value = local.act_as_tasks
}

output "invokers" {
  value = local.invokers
}

output "custom" {
  description = "Roles of our own: short name => title, description, permissions."
  value       = local.custom
}
