-- differences: 1
CREATE SCHEMA app;
CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
