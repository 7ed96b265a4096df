/* What `docker run hello-world` prints. */
#include <unistd.h>

static const char words[] =
    "\n"
    "Hello from Docker, in a sandbox of your own.\n"
    "You have just started your first container. This is what happened on the way:\n"
    "\n"
    " 1. Your command went from the docker client to the Docker daemon.\n"
    " 2. The daemon had no image called hello-world, so it asked a registry for it.\n"
    "    Here that is the registry of this lab; elsewhere it is Docker Hub.\n"
    " 3. From the image the daemon made a container and started the one program in it.\n"
    "    That program wrote these lines.\n"
    " 4. The daemon passed them to the client, which showed them to you. Then the program\n"
    "    ended, and with it the container.\n"
    "\n"
    "The container is still there, although it does not run: docker ps --all\n"
    "Next, go into a container and look around: docker run -it debian bash\n"
    "\n";

int main(void) {
  for (size_t done = 0; done < sizeof words - 1;) {
    ssize_t written = write(1, words + done, sizeof words - 1 - done);
    if (written <= 0) return 1;
    done += (size_t)written;
  }
  return 0;
}
