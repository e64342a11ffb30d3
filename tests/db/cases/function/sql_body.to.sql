-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
INSERT INTO app.t VALUES (1, 'x');
CREATE FUNCTION app.f(a integer DEFAULT 1) RETURNS text
BEGIN ATOMIC
    INSERT INTO app.t VALUES (a, 'it''s; new') ON CONFLICT (id) DO NOTHING;
    SELECT v FROM app.t WHERE id = a;
END;
