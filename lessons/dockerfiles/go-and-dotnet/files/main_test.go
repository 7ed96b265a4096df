package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestUnknownPlace(t *testing.T) {
	answer := httptest.NewRecorder()
	router().ServeHTTP(answer, httptest.NewRequest("GET", "/tide/nowhere", nil))
	if answer.Code != http.StatusNotFound {
		t.Fatalf("an unknown place was answered with status %d, and 404 is wanted", answer.Code)
	}
}

func TestKnownPlace(t *testing.T) {
	answer := httptest.NewRecorder()
	router().ServeHTTP(answer, httptest.NewRequest("GET", "/tide/north", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("a known place was answered with status %d, and 200 is wanted", answer.Code)
	}
}
