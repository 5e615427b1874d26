"""The logo and the favicon; both were drawn for RecAudit."""
