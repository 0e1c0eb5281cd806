"""Model Playground: the Flask application between the browser and the engine."""
