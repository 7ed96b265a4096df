package main

import "testing"

func TestGreeting(t *testing.T) {
	if got := greeting("you"); got != "Hello you" {
		t.Errorf("greeting: %q", got)
	}
}
