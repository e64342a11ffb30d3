-- differences: 1
CREATE SCHEMA app;
CREATE DOMAIN app.d AS integer;
CREATE TABLE app.t (v app.d);
INSERT INTO app.t VALUES (5), (NULL);
ALTER DOMAIN app.d ADD CONSTRAINT positive CHECK (VALUE > 0);
