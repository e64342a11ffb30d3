-- differences: 1
CREATE SCHEMA app;
CREATE SEQUENCE app."other %s" START 3;
SELECT nextval('app."other %s"');
