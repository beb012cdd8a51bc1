run "every_function_has_one_caller" {
  command = plan

  assert {
    condition     = toset(keys(output.invokers)) == toset(["on_upload", "dispatch", "recover_stale", "apply_retention"])
    error_message = "All functions but the public API have exactly one caller."
  }
}

run "nobody_holds_a_basic_or_an_administrator_role" {
  command = plan

  assert {
    condition = length([
      for grant in concat(values(output.uploads_bucket), values(output.results_bucket), values(output.queue), values(output.job)) :
      grant if can(regex("(?i)(roles/(owner|editor|viewer)$|admin|objectUser|developer)", grant.role))
    ]) == 0
    error_message = "A basic role, or one that may change the resource itself."
  }
}

run "a_worker_writes_results_only" {
  command = plan

  assert {
    condition = alltrue([
      for grant in values(output.uploads_bucket) : join(",", grant.prefixes) == "results/"
      if grant.component == "worker" && grant.role != "roles/storage.objectViewer"
    ])
    error_message = "A worker decodes what strangers uploaded: it must not be able to delete or forge uploads."
  }
  assert {
    condition     = length([for grant in values(output.job) : grant if grant.component == "worker"]) == 0
    error_message = "A worker must not start or see executions."
  }
}

run "the_browser_s_door_cannot_start_workers" {
  command = plan

  assert {
    condition     = join(",", [for grant in values(output.job) : grant.role if grant.component == "api"]) == "execution_reader"
    error_message = "The public API may look at the job, no more."
  }
  assert {
    condition     = join(",", output.uploads_bucket["api/roles/storage.objectCreator"].prefixes) == "uploads/,scripts/"
    error_message = "The public API makes objects under uploads/ and scripts/ only."
  }
}

run "only_the_dispatcher_starts_workers" {
  command = plan

  assert {
    condition = join(",", [
      for grant in values(output.job) : grant.component if grant.role == "roles/run.jobsExecutorWithOverrides"
    ]) == "dispatch"
    error_message = "One component holds the right to spend money on GPUs."
  }
}

run "custom_roles_are_exact" {
  command = plan

  assert {
    condition     = alltrue([for role in values(output.custom) : alltrue([for permission in role.permissions : !strcontains(permission, "*")])])
    error_message = "No wildcard in a custom role."
  }
  assert {
    condition     = output.custom["blob_signer"].permissions[0] == "iam.serviceAccounts.signBlob" && length(output.custom["blob_signer"].permissions) == 1
    error_message = "Signing URLs must not include making access tokens."
  }
}
