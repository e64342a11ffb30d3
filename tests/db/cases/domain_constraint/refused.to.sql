-- differences: 1
-- refused: 23514
CREATE SCHEMA app;
CREATE DOMAIN app.d AS integer CONSTRAINT positive CHECK (VALUE > 0);
CREATE TABLE app.t (v app.d);
