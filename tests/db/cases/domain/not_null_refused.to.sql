-- differences: 1
-- refused: 23502
CREATE SCHEMA app;
CREATE DOMAIN app.d AS text NOT NULL;
CREATE TABLE app.t (v app.d);
