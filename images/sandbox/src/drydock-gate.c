/*
 * drydock-gate: a sandbox's way to the internet, and what keeps it from going anywhere else.
 *
 *   drydock-gate                the gate. A container of its own, with its own network namespace on a bridge of its
 *                               own, and the sandbox's pid namespace. Root with CAP_NET_ADMIN (and CAP_NET_RAW, which
 *                               the older iptables needs), which it gives up once everything is in place.
 *   drydock-gate networks       prints the IPv4 networks of this machine's interfaces and routes: 192.0.2.7/24
 *
 * In the environment, for everybody may read a program's arguments:
 *   DRYDOCK_GATE_PID      a process in the learner's namespace. The sandbox tells it, so it may be any process of
 *                         this pid namespace: the sandbox's or the gate. Wherever the link ends, what comes out of it
 *                         passes the rules here.
 *   DRYDOCK_GATE_REFUSE   networks that must not be reached (server/docker/egress-ranges.ts), separated by spaces
 *
 * Words the host side reads:
 *   stdout  "drydock-gate: ready"             packets can pass
 *   stderr  "drydock-gate: failed: REASON"    they cannot; exit status 1. So do all rules, with the namespace.
 */
#define _GNU_SOURCE
#include "name-relay.h"
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* 198.18.0.0/15 is set aside for tests of network devices, so it is neither on the internet nor in a school. */
#define GATE "198.18.0.1"
#define LEARNER "198.18.0.2"
#define LINK "link0"
#define UPLINK "eth0"
/* drydock-init knows the link by its address, whatever it is called. */
#define LEARNER_MAC "02:64:64:00:00:02"

/* Per sandbox. The host follows the same connections, in a table of 262144 on most machines, for all sandboxes. */
#define RATE "100mbit"
#define CONNECTIONS "1024"
#define NEW_PER_SECOND "200"

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("drydock-gate: failed: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

/* Runs a program with `input`. @returns its exit status; the end of its words in `words` (256 bytes) */
static int run(char *const argv[], const char *input, char *words) {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0) fail("pipe: %s", strerror(errno));
  /* Larger than any input here, so that writing it all before reading anything cannot block. */
  fcntl(to[1], F_SETPIPE_SZ, 256 * 1024);
  pid_t pid = fork();
  if (pid < 0) fail("fork: %s", strerror(errno));
  if (pid == 0) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    dup2(from[1], 2);
    execvp(argv[0], argv);
    dprintf(2, "%s: %s", argv[0], strerror(errno));
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  ssize_t sent = write(to[1], input, strlen(input));
  close(to[1]);
  size_t length = 0;
  char bytes[255];
  ssize_t count;
  while ((count = read(from[0], bytes, sizeof bytes)) > 0) {
    for (ssize_t i = 0; i < count; i++)
      if (length < 255) words[length++] = bytes[i] == '\n' ? ' ' : bytes[i];
  }
  words[length] = 0;
  close(from[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (sent != (ssize_t)strlen(input)) return 126;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* -------------------------------------------------------------------------------------------- rules -------- */

typedef struct {
  char text[64 * 1024];
  size_t length;
} Text;

static void add(Text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text->text + text->length, sizeof text->text - text->length, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof text->text - text->length) fail("there are too many networks to refuse");
  text->length += (size_t)length;
}

/* "a.b.c.d/n" and nothing else: it becomes part of a rule. */
static bool is_network(const char *text) {
  char address[INET_ADDRSTRLEN], rest;
  struct in_addr parsed;
  int bits;
  return sscanf(text, "%15[0-9.]/%d%c", address, &bits, &rest) == 2 && inet_pton(AF_INET, address, &parsed) == 1 && bits >= 0 &&
         bits <= 32;
}

/*
 * What may pass, for IPv4. First of all what must not be reached, so that no connection that is already
 * there gets around it; protocols other than these three have no business here.
 */
static void write_rules(Text *rules, char *refused) {
  add(rules, "*filter\n:INPUT DROP\n:FORWARD DROP\n:OUTPUT DROP\n:OUT -\n:REFUSE -\n");
  /* The engine's own name server lives on the loopback, and asks out of this namespace. */
  add(rules, "-A INPUT -i lo -j ACCEPT\n-A OUTPUT -o lo -j ACCEPT\n");
  add(rules, "-A INPUT -i " UPLINK " -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
  add(rules, "-A OUTPUT -o " UPLINK " -p udp --dport 53 -j ACCEPT\n-A OUTPUT -o " UPLINK " -p tcp --dport 53 -j ACCEPT\n");
  /* From the sandbox: names, and a sign of life. */
  add(rules, "-A INPUT ! -i " LINK " -j DROP\n-A INPUT ! -s " LEARNER " -j DROP\n-A INPUT ! -d " GATE " -j DROP\n");
  add(rules, "-A INPUT -p udp --dport 53 -j ACCEPT\n-A INPUT -p tcp --dport 53 -j ACCEPT\n");
  add(rules, "-A INPUT -p icmp --icmp-type echo-request -j ACCEPT\n-A OUTPUT -o " LINK " -d " LEARNER " -j ACCEPT\n");
  add(rules, "-A FORWARD -i " UPLINK " -o " LINK " -d " LEARNER " -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
  add(rules, "-A FORWARD -i " LINK " -o " UPLINK " -s " LEARNER " -j OUT\n");
  for (char *at = strtok(refused, " "); at != NULL; at = strtok(NULL, " ")) {
    if (!is_network(at)) fail("DRYDOCK_GATE_REFUSE has something that is no network");
    add(rules, "-A OUT -d %s -j REFUSE\n", at);
  }
  /* Mail without an account is what unasked-for mail is made of. */
  add(rules, "-A OUT -p tcp --dport 25 -j REFUSE\n-A OUT -m conntrack --ctstate INVALID -j DROP\n");
  add(rules, "-A OUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n");
  add(rules, "-A OUT -m connlimit --connlimit-above " CONNECTIONS " --connlimit-mask 0 -j DROP\n");
  add(rules, "-A OUT -m limit --limit " NEW_PER_SECOND "/second --limit-burst 400 -j RETURN\n-A OUT -j DROP\n");
  add(rules, "-A FORWARD -i " LINK " -o " UPLINK " -s " LEARNER " -p tcp -j ACCEPT\n");
  add(rules, "-A FORWARD -i " LINK " -o " UPLINK " -s " LEARNER " -p udp -j ACCEPT\n");
  add(rules, "-A FORWARD -i " LINK " -o " UPLINK " -s " LEARNER " -p icmp --icmp-type echo-request -j ACCEPT\n");
  /* An answer at once instead of a connection that hangs. */
  add(rules, "-A REFUSE -j REJECT --reject-with icmp-admin-prohibited\n");
  add(rules, "COMMIT\n");
}

static const char silence[] = "*filter\n:INPUT DROP\n:FORWARD DROP\n:OUTPUT DROP\nCOMMIT\n";
/* Beside the engine's own rules in this table, which carry its name server. */
static const char masquerade[] = "*nat\n-A POSTROUTING -o " UPLINK " -s " LEARNER "/32 -j MASQUERADE\nCOMMIT\n";

static int restore(const char *program, const char *rules, bool keep, char *words) {
  char *const argv[] = {(char *)program, keep ? "--noflush" : NULL, NULL};
  return run(argv, rules, words);
}

/* Debian's iptables speaks nf_tables; some kernels have only the older interface. */
static void lay_rules(const Text *rules) {
  char first[256], words[256];
  const char *family = "nft";
  if (restore("iptables-nft-restore", rules->text, false, first) != 0) {
    family = "legacy";
    if (restore("iptables-legacy-restore", rules->text, false, words) != 0)
      fail("the kernel did not take the rules: %s; with the older iptables: %s", first, words);
  }
  char program[48];
  snprintf(program, sizeof program, "iptables-%s-restore", family);
  if (restore(program, masquerade, true, words) != 0) fail("the kernel did not take the rule that masquerades: %s", words);
  snprintf(program, sizeof program, "ip6tables-%s-restore", family);
  /* Where the kernel has no IPv6 at all, nothing can pass over it either. */
  if (access("/proc/sys/net/ipv6", F_OK) == 0 && restore(program, silence, false, words) != 0)
    fail("the kernel did not take the rules for IPv6: %s", words);
}

/* --------------------------------------------------------------------------------------------- link -------- */

static int interface_flags(const char *name) {
  struct ifreq request = {.ifr_flags = 0};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int result = ioctl(control, SIOCGIFFLAGS, &request);
  close(control);
  return result < 0 ? -1 : (unsigned short)request.ifr_flags;
}

static int interface_mtu(const char *name) {
  struct ifreq request = {.ifr_mtu = 0};
  strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int result = ioctl(control, SIOCGIFMTU, &request);
  close(control);
  return result < 0 ? 1500 : request.ifr_mtu;
}

typedef struct {
  struct nlmsghdr header;
  struct ifinfomsg link;
  char attributes[512];
} LinkRequest;

static struct rtattr *begin(LinkRequest *request, unsigned short type, const void *bytes, size_t length) {
  struct rtattr *attribute = (struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(length);
  if (length > 0) memcpy(RTA_DATA(attribute), bytes, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
  return attribute;
}

static void end(LinkRequest *request, struct rtattr *attribute) {
  attribute->rta_len = (unsigned short)((char *)request + request->header.nlmsg_len - (char *)attribute);
}

/* What makes an interface ours: its name, its hardware's address, and how long its packets may be. */
static void describe(LinkRequest *request, const char *name, const uint8_t mac[6], int mtu) {
  begin(request, IFLA_IFNAME, name, strlen(name) + 1);
  begin(request, IFLA_ADDRESS, mac, 6);
  begin(request, IFLA_MTU, &mtu, sizeof mtu);
}

/*
 * A pair of interfaces, one of them born in the learner's namespace, which the kernel finds by the pid: that takes
 * CAP_NET_ADMIN over the namespace, and no look into the process (which `ip link … netns PID` takes).
 * @returns 0 or an errno
 */
static int make_pair(int pid, const char *name, int mtu) {
  static const uint8_t gate_mac[6] = {2, 0x64, 0x64, 0, 0, 1}, learner_mac[6] = {2, 0x64, 0x64, 0, 0, 2};
  LinkRequest request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof request.link),
                                    .nlmsg_type = RTM_NEWLINK,
                                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK}};
  describe(&request, LINK, gate_mac, mtu);
  struct rtattr *info = begin(&request, IFLA_LINKINFO, NULL, 0);
  begin(&request, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = begin(&request, IFLA_INFO_DATA, NULL, 0);
  struct ifinfomsg other = {.ifi_family = AF_UNSPEC};
  struct rtattr *peer = begin(&request, VETH_INFO_PEER, &other, sizeof other);
  describe(&request, name, learner_mac, mtu);
  begin(&request, IFLA_NET_NS_PID, &pid, sizeof pid);
  end(&request, peer);
  end(&request, data);
  end(&request, info);
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[1024];
  } reply;
  if (fd < 0 || send(fd, &request, request.header.nlmsg_len, 0) < 0) fail("netlink: %s", strerror(errno));
  ssize_t length = recv(fd, &reply, sizeof reply, 0);
  close(fd);
  if (length < (ssize_t)sizeof reply.header + (ssize_t)sizeof reply.error.error || reply.header.nlmsg_type != NLMSG_ERROR)
    fail("netlink gave an answer that cannot be read");
  return -reply.error.error;
}

static void make_link(int pid) {
  char *const argv[] = {"ip", "-batch", "-", NULL};
  char name[IFNAMSIZ], words[256];
  int mtu = interface_mtu(UPLINK), error = EEXIST;
  /* A learner may have an eth0 already: lessons on swarm make one. */
  for (int number = 0; number < 4 && error == EEXIST; number++) {
    snprintf(name, sizeof name, "eth%d", number);
    error = make_pair(pid, name, mtu);
  }
  if (error != 0) fail("the link could not be made: %s", strerror(error));
  /* A neighbour entry of our own: nothing a learner answers to ARP changes where packets go. */
  if (run(argv,
          "address add " GATE "/30 dev " LINK "\nlink set dev " LINK " up\n"
          "neighbour replace " LEARNER " lladdr " LEARNER_MAC " nud permanent dev " LINK "\n",
          words) != 0)
    fail("the link could not be set up: %s", words);
  char *const limits[] = {"tc", "-batch", "-", NULL};
  /* Not every kernel can; then the engine's own uplink is what bounds it. */
  if (run(limits,
          "qdisc add dev " LINK " root tbf rate " RATE " burst 256k latency 100ms\n"
          "qdisc add dev " UPLINK " root tbf rate " RATE " burst 256k latency 100ms\n",
          words) != 0)
    fprintf(stderr, "drydock-gate: bandwidth is not limited: %s\n", words);
}

static int watch_links(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("netlink: %s", strerror(errno));
  return fd;
}

/* --------------------------------------------------------------------------------------------- rest -------- */

/* Whom this container itself asks for names: the first name server that the engine wrote down. */
static struct sockaddr_in name_server(void) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
  FILE *file = fopen("/etc/resolv.conf", "re");
  char line[256], address[64];
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "nameserver %63s", address) != 1 || inet_pton(AF_INET, address, &server.sin_addr) != 1) continue;
    fclose(file);
    return server;
  }
  fail("the engine gave this container no name server that can be reached over IPv4");
  return server;
}

static void give_up_privileges(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {{.effective = 0}};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
      syscall(SYS_capset, &header, none) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
    fail("giving up privileges: %s", strerror(errno));
}

/* Networks this machine is in, and those it knows a way of its own to: a school behind a tunnel, say. */
static int print_networks(void) {
  struct ifaddrs *all;
  char address[INET_ADDRSTRLEN], line[256];
  if (getifaddrs(&all) < 0) fail("getifaddrs: %s", strerror(errno));
  for (struct ifaddrs *each = all; each != NULL; each = each->ifa_next) {
    if (each->ifa_addr == NULL || each->ifa_addr->sa_family != AF_INET || each->ifa_netmask == NULL) continue;
    inet_ntop(AF_INET, &((struct sockaddr_in *)each->ifa_addr)->sin_addr, address, sizeof address);
    uint32_t mask = ((struct sockaddr_in *)each->ifa_netmask)->sin_addr.s_addr;
    printf("%s/%d\n", address, __builtin_popcount(mask));
  }
  FILE *routes = fopen("/proc/net/route", "re");
  if (routes == NULL) fail("/proc/net/route: %s", strerror(errno));
  while (fgets(line, sizeof line, routes) != NULL) {
    unsigned destination, mask;
    if (sscanf(line, "%*s %x %*x %*x %*d %*d %*d %x", &destination, &mask) != 2 || mask == 0) continue;
    inet_ntop(AF_INET, &destination, address, sizeof address);
    printf("%s/%d\n", address, __builtin_popcount(mask));
  }
  fclose(routes);
  return 0;
}

static int gate(void) {
  static Text rules;
  static Relay relay;
  const char *pid_text = getenv("DRYDOCK_GATE_PID"), *refuse = getenv("DRYDOCK_GATE_REFUSE");
  int pid = pid_text != NULL ? atoi(pid_text) : 0;
  if (pid <= 0 || refuse == NULL || *refuse == 0) fail("it was started without DRYDOCK_GATE_PID and DRYDOCK_GATE_REFUSE");
  write_rules(&rules, strdup(refuse));
  /* Before there is anything that could pass. */
  lay_rules(&rules);
  struct sockaddr_in server = name_server();
  int links = watch_links();
  make_link(pid);
  if (!relay_open(&relay, GATE)) fail("the name server could not be opened: %s", strerror(errno));
  relay_set_upstream(&relay, &server);
  give_up_privileges();

  bool ready = false;
  time_t began = relay_now();
  for (;;) {
    static char news[16 * 1024];
    while (recv(links, news, sizeof news, 0) > 0) {
    }
    int flags = interface_flags(LINK);
    /* The learner removed its end, and with it ours. The server makes a new gate when it is asked again. */
    if (flags < 0) return 0;
    if (!ready && (flags & IFF_RUNNING) != 0) {
      ready = true;
      puts("drydock-gate: ready");
      fflush(stdout);
    }
    if (!ready && relay_now() - began > 5) fail("the sandbox did not set up its end of the link");
    relay_step(&relay);
    struct pollfd fds[RELAY_FDS + 1];
    int count = relay_wait_for(&relay, fds);
    fds[count++] = (struct pollfd){.fd = links, .events = POLLIN};
    poll(fds, (nfds_t)count, ready ? -1 : 500);
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "networks") == 0) return print_networks();
  if (argc == 1) return gate();
  fail("usage: drydock-gate [networks]");
}
