package dev.sluice.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConnectionState;
import dev.sluice.engine.DuplexQueues.Item;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DuplexQueuesTest {

    private static final int PIPELINED = 2;
    private static final int ANSWERED = 8;
    private static final int LARGE = 300 << 10;

    private final List<ConnectionState> told = new ArrayList<>();
    private final DuplexQueues<String, String> queues = new DuplexQueues<>(() -> PIPELINED, this::tell);

    private void tell(ConnectionState standing) {
        assertTrue(queues.lock.isHeldByCurrentThread(), "told under the lock");
        if (told.isEmpty() || told.getLast() != standing) {
            told.add(standing);
        }
    }

    private static Item.Request<String, String> request(long number) {
        return request(number, 1);
    }

    private static Item.Request<String, String> request(long number, long size) {
        return new Item.Request<>("request " + number, number, size);
    }

    private boolean put(Item<String, String> item) {
        return queues.put(item, Stage.BETWEEN);
    }

    private void answer(Item.@Nullable Request<String, String> request) {
        Item.Request<String, String> handed = Objects.requireNonNull(request, "none was handed");
        queues.lock.lock();
        try {
            assertTrue(queues.awaits(handed));
            queues.answer(new Item.Answer<>(handed.request(), handed.number(), Result.of("answer", 0, 0), false));
            assertFalse(queues.awaits(handed), "answered twice");
        } finally {
            queues.lock.unlock();
        }
    }

    private static <T extends @Nullable Object> FutureTask<T> waiting(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = Thread.ofVirtual().start(task);
        await("the wait").until(() -> thread.getState() == Thread.State.WAITING);
        return task;
    }

    @Test
    void wordsAndFaultsDoNotOvertakeTheAnswersToWhatCameBeforeThem() {
        put(request(1));
        assertEquals(1, Objects.requireNonNull(queues.nextToHandle()).number());
        put(new Item.Words<>(ByteBuffer.allocate(0)));
        put(request(2));
        assertNull(queues.nextToHandle(), "the second, while the first is handled");
        assertNull(queues.take(false), "the words, before the first is answered");
        answer(queues.handed());
        assertEquals(2, Objects.requireNonNull(queues.nextToHandle()).number());
        assertInstanceOf(Item.Answer.class, queues.take(false));
        assertInstanceOf(Item.Words.class, queues.take(false));
        assertNull(queues.take(false));
    }

    @Test
    void aReceiverWithAsManyRequestsWaitingAsMayWaitsForRoom() throws Exception {
        put(request(1));
        put(request(2));
        FutureTask<Boolean> third = waiting(() -> put(request(3)));
        assertEquals(1, Objects.requireNonNull(queues.nextToHandle()).number());
        assertTrue(third.get(10, TimeUnit.SECONDS));
    }

    @Test
    void aLargeRequestIsTakenAndTheNextWaitsForRoom() throws Exception {
        assertTrue(put(request(1, LARGE)));
        FutureTask<Boolean> second = waiting(() -> put(request(2)));
        assertEquals(1, Objects.requireNonNull(queues.nextToHandle()).number());
        assertTrue(second.get(10, TimeUnit.SECONDS));
    }

    @Test
    void noFurtherRequestIsHandledThanTheSenderHasRoomForItsAnswer() {
        for (int i = 1; i <= ANSWERED; i++) {
            put(request(i));
            answer(queues.nextToHandle());
        }
        put(request(ANSWERED + 1));
        assertNull(queues.nextToHandle());
        assertInstanceOf(Item.Answer.class, queues.take(false));
        assertEquals(ANSWERED + 1, Objects.requireNonNull(queues.nextToHandle()).number());
    }

    @Test
    void whoWaitsForRoomOrForAnAnswerWaitsNoLongerThanTheConnectionLives() throws Exception {
        put(request(1));
        put(request(2));
        FutureTask<Boolean> receiver = waiting(() -> put(request(3)));
        FutureTask<@Nullable Item<String, String>> sender = waiting(() -> queues.take(true));
        queues.stop();
        assertFalse(receiver.get(10, TimeUnit.SECONDS));
        assertNull(sender.get(10, TimeUnit.SECONDS));
        assertNull(queues.nextToHandle());
        assertFalse(queues.arrived());
    }

    @Test
    void whatIsNotSentWhenTheSenderLeavesIsGivenBackAndItsRequestsAreAnsweredNoMore() {
        put(request(1));
        answer(queues.nextToHandle());
        put(request(2));
        Item.Request<String, String> second = Objects.requireNonNull(queues.nextToHandle());
        assertEquals(1, queues.drop().size());
        assertFalse(queues.awaits(second));
        assertEquals(List.of(), queues.drop());
    }

    @Test
    void fromItsFirstByteToTheLastOfItsAnswerItTellsWhereARequestIs() {
        queues.at(Stage.BETWEEN);
        queues.arrived();
        put(request(1));
        Item.Request<String, String> handed = queues.nextToHandle();
        answer(handed);
        queues.take(false);
        queues.sent(1);
        assertEquals(List.of(ConnectionState.IDLE, ConnectionState.READING, ConnectionState.HANDLING, ConnectionState.WRITING, ConnectionState.IDLE), told);
    }

    @Test
    void moreHasComeWhileAnotherMessageIsInFlightOrHasBegun() {
        put(request(1));
        answer(queues.nextToHandle());
        queues.take(false);
        assertFalse(queues.more(1), "nothing but what is about to be sent");
        queues.arrived();
        assertTrue(queues.more(1), "the first bytes of the next");
        queues.put(request(2), Stage.BETWEEN);
        assertTrue(queues.more(1), "the next");
        answer(queues.nextToHandle());
        queues.take(false);
        assertFalse(queues.more(2));
        queues.put(request(3), Stage.HEAD);
        answer(queues.nextToHandle());
        queues.take(false);
        assertTrue(queues.more(3), "what was read with the third");
    }
}
