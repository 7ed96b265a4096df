// A small web server: every answer has a number of its own.
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
)

func main() {
	router := mux.NewRouter()
	router.HandleFunc("/hello/{name}", func(answer http.ResponseWriter, request *http.Request) {
		fmt.Fprintf(answer, "Hello %s from Go, %s\n", mux.Vars(request)["name"], uuid.New())
	})
	log.Fatal(http.ListenAndServe(":8080", router))
}
