// A small web service: it greets by name, and numbers its answers.
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/google/uuid"
)

func greeting(name string) string {
	return "Hello " + name
}

func main() {
	http.HandleFunc("GET /hello/{name}", func(answer http.ResponseWriter, request *http.Request) {
		fmt.Fprintf(answer, "%s, this is answer %s\n", greeting(request.PathValue("name")), uuid.New())
	})
	log.Println("greeter listens on port 8080")
	log.Fatal(http.ListenAndServe(":8080", nil))
}
