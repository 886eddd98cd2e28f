//! What a relying party does, with the façade's empty feature set: whoever adds a dev-dependency here that turns a feature
//! on takes this away.

mod foreign;
mod in_parts;
mod mutation;
mod trust_lists;
mod vector_twins;
mod vectors;
