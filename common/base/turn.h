/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the system shares a processor between threads of ours. No priorities: nobody gets more. */
#ifndef DS_BASE_TURN_H
#define DS_BASE_TURN_H

/* The calling thread only passes on what others made, or input: it asks for short turns, which come
 * sooner. Linux 6.12 and later know such a wish, and need it: there a thread that wakes up waits
 * for the end of the turn of whoever works on its processor, 3 to 8 ms behind an encoder. Elsewhere
 * it does nothing. Threads that are started inherit it. */
void ds_turn_short(void);
/* The calling thread works for milliseconds at a time: turns as usual, whatever it inherited. */
void ds_turn_usual(void);

#endif
