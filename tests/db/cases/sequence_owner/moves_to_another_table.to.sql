-- loses: app.a
CREATE SCHEMA app;
CREATE SEQUENCE app.a_id_seq AS integer;
CREATE TABLE app.b (id integer PRIMARY KEY DEFAULT nextval('app.a_id_seq'));
ALTER SEQUENCE app.a_id_seq OWNED BY app.b.id;
INSERT INTO app.b DEFAULT VALUES;
