-- differences: 3
CREATE SCHEMA app;
CREATE DOMAIN app.one AS integer DEFAULT 1;
CREATE DOMAIN app.two AS app.one DEFAULT NULL;
CREATE DOMAIN app.three AS app.one;
ALTER DOMAIN app.three DROP DEFAULT;
