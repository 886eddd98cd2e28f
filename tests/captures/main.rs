//! Drawn photos through intake, the checks and what finds faces.

mod faces;
mod photos;
