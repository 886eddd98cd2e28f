pub(super) const TABLE: &[(&str, &str, &str)] = &[];
