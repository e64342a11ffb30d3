-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT k CHECK (b > 0));
COMMENT ON CONSTRAINT k ON app.t IS 'two';
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
