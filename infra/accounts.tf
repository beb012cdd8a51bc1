# One identity per component. No key is ever made for any of them.
resource "google_service_account" "component" {
  for_each = module.names.account_ids

  account_id   = each.value
  display_name = "${var.name} ${each.key}"
  depends_on   = [google_project_service.api]
}

resource "google_project_iam_custom_role" "own" {
  for_each = module.roles.custom

  # Deleted custom roles keep their id for 44 days, so it carries the prefix and can be changed with it.
  role_id     = replace("${var.name}_${each.key}", "-", "_")
  title       = each.value.title
  description = each.value.description
  permissions = each.value.permissions
  depends_on  = [google_project_service.api] # the IAM API makes them
}

locals {
  # The matrix names our own roles by their short names.
  role_ids = { for key, role in google_project_iam_custom_role.own : key => role.name }
}

# Creating a task that carries an identity token means acting as the account of that token.
resource "google_service_account_iam_member" "act_as_tasks" {
  for_each = toset(module.roles.act_as_tasks)

  service_account_id = google_service_account.component["tasks"].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.component[each.value].member
}

# Signed download URLs without a key file: the API signs as itself and as nobody else.
resource "google_service_account_iam_member" "sign_urls" {
  service_account_id = google_service_account.component["api"].name
  role               = local.role_ids["blob_signer"]
  member             = google_service_account.component["api"].member
}
