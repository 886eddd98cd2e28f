//! A number cancelled from another province, step by step.
