// A small web service: tells the tide at some places.
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/gorilla/mux"
)

var tides = map[string]string{"north": "high at 06:10", "south": "high at 07:45"}

func router() http.Handler {
	routes := mux.NewRouter()
	routes.HandleFunc("/tide/{place}", func(answer http.ResponseWriter, request *http.Request) {
		place := mux.Vars(request)["place"]
		tide, known := tides[place]
		if !known {
			// The status should be set here.
			fmt.Fprintln(answer, "unknown place")
			return
		}
		fmt.Fprintf(answer, "%s: %s\n", place, tide)
	})
	return routes
}

func main() {
	log.Println("listening on port 8080")
	log.Fatal(http.ListenAndServe(":8080", router()))
}
