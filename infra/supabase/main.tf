# Optional: the Supabase project by Terraform. A root of its own with a state of its own, because that state holds the
# database password and the keys in clear. Making the project in the console (docs/deploy.md) avoids that.
#
# Its resource types are not in the google schema that `make test` checks against.

terraform {
  required_version = ">= 1.11"

  required_providers {
    supabase = {
      source  = "supabase/supabase"
      version = "~> 1.5"
    }
  }
}

provider "supabase" {} # SUPABASE_ACCESS_TOKEN

variable "organization_id" {
  description = "Slug of the organisation."
  type        = string
}

variable "name" {
  description = "Name of the project."
  type        = string
  default     = "aisubs"
}

variable "region" {
  description = "Region of AWS nearest to that of the functions: eu-central-1 for europe-west1, us-east-1 for us-east4."
  type        = string
  default     = "eu-central-1"
}

variable "database_password" {
  description = "At least 20 characters. Leave it out: Terraform asks for it, and it reaches neither a file nor the shell's history."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.database_password) >= 20
    error_message = "database_password has at least 20 characters."
  }
}

variable "migrated" {
  description = "true once `aisubs migrate` has made the schema: PostgREST stops at an exposed schema that is not there. So: apply, migrate, and apply again with this."
  type        = bool
  default     = false
}

variable "site_url" {
  description = "Address of the web page, where sign-in leads back to."
  type        = string
}

resource "supabase_project" "this" {
  organization_id   = var.organization_id
  name              = var.name
  region            = var.region
  database_password = var.database_password

  lifecycle {
    ignore_changes  = [database_password]
    prevent_destroy = true # it holds every transcript
  }
}

resource "supabase_settings" "this" {
  project_ref = supabase_project.this.id

  # Only aisubs_api is exposed once it is there; graphql and public have nothing of ours.
  api = jsonencode({
    db_schema            = var.migrated ? "aisubs_api" : "public"
    db_extra_search_path = "extensions"
    max_rows             = 1000
  })
  auth = jsonencode({
    site_url = var.site_url
  })
}

output "supabase_url" {
  value = "https://${supabase_project.this.id}.supabase.co"
}
