-- refused: 42710
CREATE SCHEMA app;
