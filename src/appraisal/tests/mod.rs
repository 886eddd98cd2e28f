mod canary;
mod case;
mod property;
mod support;
